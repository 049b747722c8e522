using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Devices;

namespace EnergyManager.Core.Boards;

/// <summary>A user's own board: a device type with the measurements that it is predicted from.</summary>
/// <param name="Device">The device type.</param>
/// <param name="Table">Its audited measurements.</param>
/// <param name="PowerLimits">Where the limits of its power are from, in words.</param>
/// <param name="Source">Name of the file that the measurements came in.</param>
public sealed record OwnBoard(DeviceType Device, BenchmarkTable Table, string PowerLimits, string Source);

/// <summary>A file among the boards that cannot be used.</summary>
/// <param name="File">Name of the file.</param>
/// <param name="Message">What is wrong with it, and the way out.</param>
public sealed record BoardProblem(string File, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"boards/{File}: {Message}";
}

/// <summary>A user's own boards as they are stored, and what is there but cannot be used.</summary>
/// <param name="Boards">The boards, in order of their identifiers.</param>
/// <param name="Problems">Files that cannot be used.</param>
public sealed record OwnBoards(IReadOnlyList<OwnBoard> Boards, IReadOnlyList<BoardProblem> Problems)
{
    /// <summary>No board.</summary>
    public static OwnBoards None { get; } = new([], []);

    /// <summary>The board of a device type, or <c>null</c> for a device type of the product.</summary>
    public OwnBoard? Find(DeviceType device) => Boards.FirstOrDefault(b => b.Device.Id == device.Id);

    /// <summary>The measurements of a device type: the board's own, or those of the product.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public BenchmarkTable TableOf(DeviceType device) => Find(device)?.Table ?? BenchmarkCatalog.Load(device);
}
