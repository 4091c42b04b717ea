using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Sidecar.Load.Readiness;

/// <summary>The kernel's list of ready sockets (epoll(7)), level-triggered: one read answers one event.</summary>
internal sealed partial class Epoll : IDisposable
{
    /// <summary>There is something to read, or the peer is gone.</summary>
    public const uint Readable = 0x001 | 0x008 | 0x010;

    /// <summary>The socket takes more.</summary>
    public const uint Writable = 0x004;

    private const int Add = 1, Remove = 2, Modify = 3;
    private const int MaxEvents = 512;
    private const int Interrupted = 4;
    private const long NanosecondsPerSecond = 1_000_000_000;

    // The kernel packs the event on x64 only.
    private static readonly int Stride = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataAt = Stride - sizeof(ulong);

    private readonly int _handle = Checked(Create(0));
    private readonly byte[] _events = new byte[MaxEvents * Stride];

    /// <summary>Starts to watch a descriptor.</summary>
    public void Watch(int descriptor, uint events) => Checked(Control(descriptor, Add, events));

    /// <summary>Changes what a descriptor is watched for.</summary>
    public void Change(int descriptor, uint events) => Checked(Control(descriptor, Modify, events));

    /// <summary>Stops watching a descriptor.</summary>
    public void Forget(int descriptor) => Checked(Control(descriptor, Remove, 0));

    /// <summary>Waits until something is ready; how many are.</summary>
    /// <param name="nanoseconds">How long at most.</param>
    public unsafe int Wait(long nanoseconds)
    {
        var timeout = stackalloc long[2] { nanoseconds / NanosecondsPerSecond, nanoseconds % NanosecondsPerSecond };
        fixed (byte* events = _events)
        {
            var count = WaitFor(_handle, events, MaxEvents, timeout, null);
            if (count < 0 && Marshal.GetLastPInvokeError() == Interrupted) return 0;
            return Checked(count);
        }
    }

    /// <summary>One of the ready ones: its descriptor and what it is ready for.</summary>
    public (int Descriptor, uint Events) Ready(int index)
    {
        var entry = _events.AsSpan(index * Stride, Stride);
        return (BinaryPrimitives.ReadInt32LittleEndian(entry[DataAt..]), BinaryPrimitives.ReadUInt32LittleEndian(entry));
    }

    /// <inheritdoc/>
    public void Dispose() => _ = Close(_handle);

    private unsafe int Control(int descriptor, int operation, uint events)
    {
        var entry = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(new Span<byte>(entry, 16), events);
        BinaryPrimitives.WriteInt32LittleEndian(new Span<byte>(entry + DataAt, sizeof(ulong)), descriptor);
        return ControlOf(_handle, operation, descriptor, entry);
    }

    private static int Checked(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static unsafe partial int ControlOf(int handle, int operation, int descriptor, byte* entry);

    [LibraryImport("libc", EntryPoint = "epoll_pwait2", SetLastError = true)]
    private static unsafe partial int WaitFor(int handle, byte* events, int maxEvents, long* timeout, void* signals);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
