using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace EnergyManager.Agent.Sensors;

/// <summary>
/// Reads one file of /proc or /sys again and again: it stays open, each reading begins at offset 0, and nothing is allocated. A
/// failure is a reason in words; the next reading opens the file anew, as a driver that was loaded again makes another file.
/// </summary>
/// <remarks>
/// The kernel writes the text at the moment of the read at offset 0. When the device behind an open file is gone, the read fails
/// (ENODEV) or gives nothing. Not for several threads at once.
/// </remarks>
public sealed class SysReader : IDisposable
{
    private const int ValueBytes = 256;
    private const int TextBytes = 64 * 1024;

    private static ReadOnlySpan<byte> Blanks => "\0 \n\r\t"u8;

    private readonly bool _whole;
    private byte[] _buffer;
    private SafeFileHandle? _handle;

    private SysReader(string path, bool whole, int capacity) => (Path, _whole, _buffer) = (path, whole, new byte[capacity]);

    public string Path { get; }

    /// <summary>Whether the last failure was a missing right.</summary>
    public bool Denied { get; private set; }

    /// <summary>For a file that holds one short value: one read gives all of it.</summary>
    public static SysReader OfValue(string path) => new(path, whole: false, ValueBytes);

    /// <summary>For a longer text, up to 64 KiB; longer ones are cut.</summary>
    public static SysReader OfText(string path) => new(path, whole: true, 4096);

    /// <summary>The text without blanks at its ends, until the next reading.</summary>
    public bool TryRead(out ReadOnlySpan<byte> text, [NotNullWhen(false)] out string? reason)
    {
        var fresh = _handle is null;
        if (TryReadOnce(out text, out reason))
            return true;
        Close();
        // What was open may be the file of a device that came back as another: look before giving up.
        if (fresh || TryReadOnce(out text, out reason))
            return reason is null;
        Close();
        return false;
    }

    public bool TryReadNumber(out long number, [NotNullWhen(false)] out string? reason)
    {
        number = 0;
        if (!TryRead(out var text, out reason))
            return false;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
            return true;
        reason = $"{Path} holds '{System.Text.Encoding.ASCII.GetString(text[..Math.Min(text.Length, 40)])}', not a whole number";
        return false;
    }

    public void Dispose() => Close();

    private bool TryReadOnce(out ReadOnlySpan<byte> text, [NotNullWhen(false)] out string? reason)
    {
        text = default;
        Denied = false;
        try
        {
            _handle ??= File.OpenHandle(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var length = Fill(_handle);
            text = _buffer.AsSpan(0, length).Trim(Blanks);
            reason = text.IsEmpty ? $"{Path} is empty" : null;
            return reason is null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Denied = exception is UnauthorizedAccessException;
            reason = SysFile.Describe(Path, exception);
            return false;
        }
    }

    private int Fill(SafeFileHandle handle)
    {
        var length = RandomAccess.Read(handle, _buffer, 0);
        if (!_whole)
            return length;
        for (var more = length; more > 0 && length < TextBytes; length += more)
        {
            if (length == _buffer.Length)
                Array.Resize(ref _buffer, Math.Min(2 * _buffer.Length, TextBytes));
            more = RandomAccess.Read(handle, _buffer.AsSpan(length), length);
        }
        return length;
    }

    private void Close()
    {
        _handle?.Dispose();
        _handle = null;
    }
}
