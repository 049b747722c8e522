using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EnergyManager.Agent.Sensors.I2c;

/// <summary>A chip behind <c>/dev/i2c-N</c> (https://docs.kernel.org/i2c/dev-interface.html).</summary>
/// <remarks>
/// <c>I2C_SLAVE</c> claims the address first and fails where a kernel driver owns it: two masters that write the configuration of one
/// chip would disturb each other. Registers go through <c>I2C_RDWR</c>: pointer and value in one transaction that nobody interrupts.
/// </remarks>
public sealed partial class LinuxI2cDevice : II2cDevice
{
    private const nuint I2cSlave = 0x0703;
    private const nuint I2cReadWrite = 0x0707;
    private const ushort ReadFlag = 1;
    private const int Busy = 16;
    private const int NoDevice = 19;
    private const int NotATypewriter = 25;
    private const int TimedOut = 110;
    private const int RemoteIo = 121;
    private const int NoSuchAddress = 6;

    private readonly SafeFileHandle _handle;
    private readonly ushort _address;
    private readonly string _where;

    private LinuxI2cDevice(SafeFileHandle handle, int address, string where) => (_handle, _address, _where) = (handle, (ushort)address, where);

    /// <summary>Opens the bus and claims the address. Nothing is sent to the chip.</summary>
    /// <param name="path">The bus, for example <c>/dev/i2c-1</c>.</param>
    /// <param name="address">7-bit address of the chip.</param>
    /// <exception cref="IOException">The bus is not there or may not be used, or the address belongs to a kernel driver.</exception>
    public static LinuxI2cDevice Open(string path, int address)
    {
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException($"{path} may not be used by this user: add the agent's user to the group i2c", exception);
        }
        catch (FileNotFoundException exception)
        {
            throw new IOException($"{path} does not exist: switch the bus on and load the module i2c-dev", exception);
        }
        var where = $"0x{address:x2} on {path}";
        if (Ioctl(handle, I2cSlave, address) >= 0)
            return new LinuxI2cDevice(handle, address, where);
        var error = Marshal.GetLastPInvokeError();
        handle.Dispose();
        throw new IOException(error switch
        {
            Busy => $"the address {where} belongs to a kernel driver: use its hwmon figures, or unbind it",
            NotATypewriter => $"{path} is no I2C bus",
            _ => $"the address {where} cannot be claimed: {Marshal.GetPInvokeErrorMessage(error)}",
        });
    }

    public unsafe ushort ReadRegister(byte register)
    {
        Span<byte> value = stackalloc byte[2];
        fixed (byte* to = value)
        {
            var messages = stackalloc Message[2];
            messages[0] = new Message { Address = _address, Length = 1, Buffer = &register };
            messages[1] = new Message { Address = _address, Flags = ReadFlag, Length = 2, Buffer = to };
            Transfer(messages, 2);
        }
        return BinaryPrimitives.ReadUInt16BigEndian(value);
    }

    public unsafe void WriteRegister(byte register, ushort value)
    {
        Span<byte> bytes = [register, (byte)(value >> 8), (byte)value];
        fixed (byte* from = bytes)
        {
            var message = new Message { Address = _address, Length = 3, Buffer = from };
            Transfer(&message, 1);
        }
    }

    public void Dispose() => _handle.Dispose();

    private unsafe void Transfer(Message* messages, uint count)
    {
        var transfer = new MessageList { Messages = messages, Count = count };
        if (Ioctl(_handle, I2cReadWrite, &transfer) >= 0)
            return;
        var error = Marshal.GetLastPInvokeError();
        throw new IOException(error switch
        {
            NoSuchAddress or RemoteIo => $"no chip answers at {_where}",
            NoDevice => $"the bus of {_where} is gone",
            TimedOut => $"the bus of {_where} hangs",
            _ => $"{_where} cannot be read: {Marshal.GetPInvokeErrorMessage(error)}",
        });
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeFileHandle file, nuint request, nint argument);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static unsafe partial int Ioctl(SafeFileHandle file, nuint request, void* argument);

    // struct i2c_msg and struct i2c_rdwr_ioctl_data of linux/i2c.h and linux/i2c-dev.h.
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Message
    {
        public ushort Address;
        public ushort Flags;
        public ushort Length;
        public byte* Buffer;
    }

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct MessageList
    {
        public Message* Messages;
        public uint Count;
    }
}
