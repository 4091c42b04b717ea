using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sidecar.Proxy.Transport.Epoll;

/// <summary>
/// The system calls of the Linux transport, and the only place where pointers are made. Results are counts or descriptors, or a negated errno; a call that a
/// signal interrupts is made again.
/// </summary>
internal static partial class LinuxSocket
{
    /// <summary>errno: nothing to do now.</summary>
    public const int Again = 11;
    /// <summary>errno: the peer took its connection back.</summary>
    public const int Aborted = 103;
    /// <summary>errno: the connect goes on by itself.</summary>
    public const int InProgress = 115;
    /// <summary>epoll: bytes or an end may be read.</summary>
    public const uint Readable = 0x1;
    /// <summary>epoll: bytes may be written.</summary>
    public const uint Writable = 0x4;
    /// <summary>epoll: an error is pending.</summary>
    public const uint Error = 0x8;
    /// <summary>epoll: both directions are over.</summary>
    public const uint HangUp = 0x10;
    /// <summary>epoll: the peer's FIN is in.</summary>
    public const uint PeerClosed = 0x2000;
    /// <summary>epoll: tell each change once.</summary>
    public const uint EdgeTriggered = 1u << 31;

    private const int Interrupted = 4;
    private const int NoSignal = 0x4000, Peek = 0x2;
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int Stream = 1;
    private const int AddToSet = 1, ChangeInSet = 3;
    private const int Exists = 17;
    private const int SocketLevel = 1, ErrorOption = 4, ReceiveBufferOption = 8, LingerOption = 13;
    private const int TcpLevel = 6, NoDelayOption = 1;
    private const int ShutdownWrite = 1;

    /// <summary>Bytes of an <c>epoll_event</c>: packed on x64, where the kernel's ABI has it so, and only there.</summary>
    public static int EventBytes => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    /// <summary>Where its data stands.</summary>
    public static int EventDataOffset => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    /// <summary>
    /// Finds every call now, where the build has not linked them: at its first call one would be looked up in a file, and that may be when no file can be
    /// opened any more.
    /// </summary>
    public static void Link()
    {
        if (RuntimeFeature.IsDynamicCodeSupported) Marshal.PrelinkAll(typeof(LinuxSocket));
    }

    /// <summary>An epoll instance.</summary>
    public static int CreateEpoll() => Result(epoll_create1(CloseOnExec));

    /// <summary>A counter to wake an epoll instance with.</summary>
    public static int CreateWakeUp() => Result(eventfd(0, CloseOnExec | NonBlocking));

    /// <summary>Watches a descriptor, which is the data of its events. What holds now is told too, also when it was watched before.</summary>
    public static int Watch(int epoll, int descriptor, uint events)
    {
        Span<byte> entry = stackalloc byte[EventBytes];
        entry.Clear();
        MemoryMarshal.Write(entry, events);
        MemoryMarshal.Write(entry[EventDataOffset..], descriptor);
        var result = Result(epoll_ctl(epoll, AddToSet, descriptor, ref MemoryMarshal.GetReference(entry)));
        return result == -Exists ? Result(epoll_ctl(epoll, ChangeInSet, descriptor, ref MemoryMarshal.GetReference(entry))) : result;
    }

    /// <summary>Waits for events. <paramref name="timeout"/> in milliseconds, -1 for no bound.</summary>
    public static int Wait(int epoll, Span<byte> events, int timeout)
    {
        int result;
        do
        {
            result = Result(epoll_wait(epoll, ref MemoryMarshal.GetReference(events), events.Length / EventBytes, timeout));
        }
        while (result == -Interrupted);
        return result;
    }

    /// <summary>Makes the counter count, which wakes its epoll instance.</summary>
    public static void WakeUp(int descriptor)
    {
        var one = 1L;
        write(descriptor, ref one, sizeof(long));
    }

    /// <summary>Sets the counter back.</summary>
    public static void ClearWakeUp(int descriptor)
    {
        var count = 0L;
        read(descriptor, ref count, sizeof(long));
    }

    /// <summary>Receives into a buffer; 0 is the peer's end.</summary>
    public static int Receive(int descriptor, Span<byte> buffer)
    {
        int result;
        do
        {
            result = Result((int)recv(descriptor, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length, 0));
        }
        while (result == -Interrupted);
        return result;
    }

    /// <summary>Whether there are bytes, an end or an error to receive.</summary>
    public static bool HasInput(int descriptor)
    {
        byte first = 0;
        return Result((int)recv(descriptor, ref first, 1, Peek)) != -Again;
    }

    /// <summary>Sends from a buffer.</summary>
    public static int Send(int descriptor, ReadOnlySpan<byte> buffer)
    {
        int result;
        do
        {
            result = Result((int)send(descriptor, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length, NoSignal));
        }
        while (result == -Interrupted);
        return result;
    }

    /// <summary>Takes the next connection of a listener.</summary>
    public static int Accept(int listener)
    {
        int result;
        do
        {
            result = Result(accept4(listener, 0, 0, CloseOnExec | NonBlocking));
        }
        while (result == -Interrupted);
        return result;
    }

    /// <summary>A TCP socket of an address family, which does not block and does not delay.</summary>
    /// <param name="family">As in a native address.</param>
    /// <param name="receiveBuffer">SO_RCVBUF; 0 leaves it to the kernel.</param>
    public static int Create(int family, int receiveBuffer)
    {
        var descriptor = Result(socket(family, Stream | CloseOnExec | NonBlocking, 0));
        if (descriptor < 0) return descriptor;
        Set(descriptor, TcpLevel, NoDelayOption, 1);
        if (receiveBuffer > 0) Set(descriptor, SocketLevel, ReceiveBufferOption, receiveBuffer);
        return descriptor;
    }

    /// <summary>Begins to connect to a native address.</summary>
    public static int Connect(int descriptor, ReadOnlySpan<byte> address) =>
        Result(connect(descriptor, ref MemoryMarshal.GetReference(address), (uint)address.Length));

    /// <summary>The errno of what the socket did by itself; 0 for none.</summary>
    public static int PendingError(int descriptor)
    {
        var error = 0;
        uint length = sizeof(int);
        return getsockopt(descriptor, SocketLevel, ErrorOption, ref error, ref length) == 0 ? error : Marshal.GetLastPInvokeError();
    }

    /// <summary>Sends the FIN.</summary>
    public static void EndSending(int descriptor) => shutdown(descriptor, ShutdownWrite);

    /// <summary>Closing it sends a reset from now on.</summary>
    public static void ResetOnClose(int descriptor)
    {
        Span<int> linger = [1, 0];
        setsockopt(descriptor, SocketLevel, LingerOption, ref linger[0], 2 * sizeof(int));
    }

    /// <summary>The name of an errno; 0 is success.</summary>
    public static SocketError ErrorOf(int errno) => errno switch
    {
        0 => SocketError.Success,
        23 or 24 => SocketError.TooManyOpenSockets,
        99 => SocketError.AddressNotAvailable,
        101 => SocketError.NetworkUnreachable,
        104 => SocketError.ConnectionReset,
        105 or 12 => SocketError.NoBufferSpaceAvailable,
        110 => SocketError.TimedOut,
        111 => SocketError.ConnectionRefused,
        113 => SocketError.HostUnreachable,
        Aborted => SocketError.ConnectionAborted,
        _ => SocketError.SocketError,
    };

    /// <summary>Gives it back.</summary>
    public static void Close(int descriptor) => close(descriptor);

    private static void Set(int descriptor, int level, int option, int value) => setsockopt(descriptor, level, option, ref value, sizeof(int));

    private static int Result(int result) => result >= 0 ? result : -Marshal.GetLastPInvokeError();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint value, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int descriptor, ref byte entry);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int epoll, ref byte events, int count, int timeout);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int descriptor, ref long value, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int descriptor, ref long value, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(int descriptor, ref byte buffer, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(int descriptor, ref byte buffer, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int accept4(int descriptor, nint address, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int connect(int descriptor, ref byte address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockopt(int descriptor, int level, int option, ref int value, ref uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(int descriptor, int level, int option, ref int value, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int shutdown(int descriptor, int how);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);
}
