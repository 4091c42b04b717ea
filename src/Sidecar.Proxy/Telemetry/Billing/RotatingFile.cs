namespace Sidecar.Proxy.Telemetry.Billing;

/// <summary>
/// A file of lines that grows up to a bound. Then it becomes <c>FILE.1</c>, what was <c>FILE.1</c> becomes <c>FILE.2</c>, and so on; the oldest goes. Lines are never divided.
/// </summary>
internal sealed class RotatingFile : IDisposable
{
    private readonly string _path;
    private readonly long _maxBytes;
    private readonly int _maxOlder;
    private FileStream _file;
    private bool _isTorn;

    /// <summary>Opens the file to append to it.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="maxBytes">Longest file.</param>
    /// <param name="maxOlder">Files kept beside it.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public RotatingFile(string path, long maxBytes, int maxOlder)
    {
        _path = path;
        _maxBytes = maxBytes;
        _maxOlder = maxOlder;
        _file = Open();
        _isTorn = EndsInsideALine();
    }

    /// <summary>The files of a path that are there, the oldest first.</summary>
    public static IEnumerable<string> Of(string path, int maxOlder)
    {
        for (var number = maxOlder; number >= 0; number--)
        {
            if (Older(path, number) is var file && File.Exists(file)) yield return file;
        }
    }

    /// <summary>Appends whole lines.</summary>
    /// <exception cref="IOException">Not all of them could be written.</exception>
    public void Write(ReadOnlySpan<byte> lines)
    {
        if (_file.Length > 0 && _file.Length + lines.Length > _maxBytes) Rotate();
        // The rest of a line that could not be written whole must not spoil the next.
        if (_isTorn) _file.Write("\n"u8);
        _isTorn = true;
        _file.Write(lines);
        _isTorn = false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Flush(flushToDisk: true);
        _file.Dispose();
    }

    private static string Older(string path, int number) => number == 0 ? path : $"{path}.{number}";

    private void Rotate()
    {
        for (var number = _maxOlder; number > 0; number--)
        {
            if (Older(_path, number - 1) is var file && File.Exists(file)) File.Move(file, Older(_path, number), overwrite: true);
        }
        var full = _file;
        _file = Open();
        full.Dispose();
        _isTorn = false;
    }

    private FileStream Open()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
        };
        // It tells who used what.
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        return new FileStream(_path, options);
    }

    // Goes to the end; whether a process that died left half a line there.
    private bool EndsInsideALine()
    {
        if (_file.Length == 0) return false;
        _file.Seek(-1, SeekOrigin.End);
        return _file.ReadByte() != '\n';
    }
}
