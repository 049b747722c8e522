using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace EnergyManager.Web.Api.Http;

/// <summary>
/// The file of a request as a stream that was not read yet: field <c>file</c> of a multipart form, or the raw body. Nothing is
/// held in memory.
/// </summary>
internal sealed class FileUpload(string fileName, Stream content) : IAsyncDisposable
{
    private const string Field = "file";

    // Boundaries and part headers around the file itself.
    private const long FormOverheadBytes = 64 * 1024;

    public string FileName => fileName;

    public Stream Content => content;

    /// <summary>Finds the file in the request.</summary>
    /// <exception cref="ApiRequestException">No file in it (400), another media type (415), too large by its own word (413).</exception>
    public static async Task<FileUpload> OpenAsync(HttpRequest request, long maximumBytes, bool rawToo, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maximumBytes + FormOverheadBytes)
        {
            BodyLimit.Set(request, Math.Min(request.ContentLength.Value, BodyLimit.MostThrownAwayBytes));
            throw TooLarge(maximumBytes);
        }

        BodyLimit.Set(request, maximumBytes + FormOverheadBytes);
        if (request.HasFormContentType && MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && HeaderUtilities.RemoveQuotes(type.Boundary) is { Length: > 0 and <= 200 } boundary)
            return await FromFormAsync(new MultipartReader(boundary.ToString(), request.Body), maximumBytes, cancellationToken);
        if (rawToo && !request.HasFormContentType && !request.HasJsonContentType())
            return new FileUpload(request.Query["file_name"].ToString() is { Length: > 0 } name ? name : "model.onnx", new CappedStream(request.Body, maximumBytes));
        throw new ApiRequestException(
            StatusCodes.Status415UnsupportedMediaType,
            Field,
            "Send the file as multipart/form-data in the field file" + (rawToo ? ", or as the raw body (application/octet-stream)." : " (curl -F file=@model.onnx)."));
    }

    public ValueTask DisposeAsync() => content.DisposeAsync();

    private static async Task<FileUpload> FromFormAsync(MultipartReader form, long maximumBytes, CancellationToken cancellationToken)
    {
        try
        {
            while (await form.ReadNextSectionAsync(cancellationToken) is { } section)
            {
                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)
                    || HeaderUtilities.RemoveQuotes(disposition.Name) != Field || !disposition.IsFileDisposition())
                    continue;
                var name = disposition.FileNameStar.HasValue ? disposition.FileNameStar : HeaderUtilities.RemoveQuotes(disposition.FileName);
                return new FileUpload(name.ToString(), new CappedStream(section.Body, maximumBytes));
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw new ApiRequestException(StatusCodes.Status400BadRequest, Field, $"The form cannot be read: {exception.Message}");
        }

        throw new ApiRequestException(StatusCodes.Status400BadRequest, Field, "The form has no file in the field file (curl -F file=@model.onnx).");
    }

    private static ApiRequestException TooLarge(long maximumBytes) =>
        new(StatusCodes.Status413PayloadTooLarge, Field, $"The file is larger than {maximumBytes} bytes.");

    /// <summary>Reads on until the cap; a byte more is an error.</summary>
    private sealed class CappedStream(Stream inner, long maximumBytes) : Stream
    {
        private long _read;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _read;
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count;
            try
            {
                count = await inner.ReadAsync(buffer, cancellationToken);
            }
            catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
            {
                throw TooLarge(maximumBytes);
            }
            catch (Exception exception) when (exception is InvalidDataException or IOException and not BadHttpRequestException)
            {
                throw new ApiRequestException(StatusCodes.Status400BadRequest, Field, $"The upload ended early: {exception.Message}");
            }

            _read += count;
            return _read > maximumBytes ? throw TooLarge(maximumBytes) : count;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read it asynchronously.");
        public override void Flush() => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
