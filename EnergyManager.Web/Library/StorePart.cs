using EnergyManager.Core.ModelStore;

namespace EnergyManager.Web.Library;

/// <summary>
/// A file for content on its way into the store. It lies in the store's directory, where there is room for models, under a
/// name that no listing shows, and goes when it is closed.
/// </summary>
internal static class StorePart
{
    private const int BufferBytes = 128 * 1024;

    public static FileStream Create(IModelStore store) => new(
        Path.Combine(store.Directory, $".{Guid.NewGuid():N}.part"),
        FileMode.CreateNew,
        FileAccess.ReadWrite,
        FileShare.Read,
        BufferBytes,
        FileOptions.Asynchronous | FileOptions.DeleteOnClose);

    /// <summary>Copies content into a new part and rewinds it.</summary>
    /// <exception cref="ModelStoreException">More bytes than allowed, or no space for them.</exception>
    public static async Task<FileStream> CreateAsync(IModelStore store, Stream content, long maximumBytes, CancellationToken cancellationToken)
    {
        var part = Create(store);
        try
        {
            var buffer = new byte[BufferBytes];
            int count;
            while ((count = await content.ReadAsync(buffer, cancellationToken)) > 0)
            {
                if (part.Position + count > maximumBytes)
                    throw new ModelStoreException($"The file is larger than {maximumBytes} bytes.") { Field = "file" };
                await WriteAsync(part, buffer.AsMemory(0, count), cancellationToken);
            }

            await part.FlushAsync(cancellationToken);
            part.Position = 0;
            return part;
        }
        catch
        {
            await part.DisposeAsync();
            throw;
        }
    }

    /// <summary>Writes to a part.</summary>
    /// <exception cref="ModelStoreException">The disk is full.</exception>
    public static async ValueTask WriteAsync(FileStream part, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await part.WriteAsync(bytes, cancellationToken);
        }
        catch (IOException exception)
        {
            throw new ModelStoreException($"The model store cannot take the file: {exception.Message}", exception) { Field = "file" };
        }
    }
}
