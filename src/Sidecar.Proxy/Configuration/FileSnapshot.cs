using System.IO.Hashing;
using System.Text;

namespace Sidecar.Proxy.Configuration;

/// <summary>The files of one reading, each read once, so that what was read is what the digest tells of.</summary>
internal sealed class FileSnapshot
{
    /// <summary>Longest file that anyone may ask for.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>Longest file unless more is asked for.</summary>
    public const int UsualBytes = 1 << 20;

    private readonly record struct Content(byte[] Bytes, string? Problem);

    private readonly Dictionary<string, Content> _contents = [];
    private readonly List<string> _files = [];

    /// <summary>Absolute paths in the order of their first use, those that could not be read too.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <summary>The content of a file, or why there is none. The bound is no part of the digest: what was read is.</summary>
    public string? Read(string path, out byte[] bytes, int maxBytes = UsualBytes)
    {
        if (!_contents.TryGetValue(path, out var content))
        {
            content = Load(path);
            _contents.Add(path, content);
            _files.Add(path);
        }
        bytes = content.Bytes;
        return content.Problem ?? (bytes.Length > maxBytes ? $"larger than {maxBytes >> 20} MiB" : null);
    }

    /// <summary>Short hexadecimal digest of all names and contents.</summary>
    public string Digest()
    {
        // It tells a change from none, and keeps no secret: a cryptographic digest would load OpenSSL, 3.4 MB, for that alone.
        var hash = new XxHash128();
        foreach (var file in _files)
        {
            var content = _contents[file];
            hash.Append(Encoding.UTF8.GetBytes($"{file}\0{content.Problem}\0{content.Bytes.Length}\0"));
            hash.Append(content.Bytes);
        }
        return Convert.ToHexStringLower(hash.GetCurrentHash().AsSpan(0, 8));
    }

    /// <summary>The digest these files have now.</summary>
    public static string Digest(IReadOnlyList<string> files)
    {
        var snapshot = new FileSnapshot();
        foreach (var file in files)
            snapshot.Read(file, out _);
        return snapshot.Digest();
    }

    private static Content Load(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            var buffer = new byte[Room(file)];
            var length = 0;
            while (length <= MaxBytes && file.Read(buffer, length, buffer.Length - length) is var read and > 0)
            {
                length += read;
                if (length == buffer.Length)
                    Array.Resize(ref buffer, 2 * length);
            }
            // Of a longer one, as much as tells that it is.
            return new Content(buffer[..int.Min(length, MaxBytes + 1)], null);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return Without("no such file");
        }
        catch (UnauthorizedAccessException)
        {
            return Without(Directory.Exists(path) ? "a directory" : "permission denied");
        }
        catch (IOException)
        {
            return Without("cannot be read");
        }
    }

    // What has no length, or tells none, grows from a page. One byte more, so that a growing file is noticed.
    private static int Room(FileStream file) => file.CanSeek ? (int)long.Clamp(file.Length, 4095, MaxBytes) + 1 : 4096;

    private static Content Without(string problem) => new([], problem);
}
