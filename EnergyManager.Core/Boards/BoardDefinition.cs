using System.Text.Json;
using System.Text.Json.Serialization;
using EnergyManager.Core.Devices;
using EnergyManager.Core.Units;

namespace EnergyManager.Core.Boards;

/// <summary>What <c>boards/&lt;id&gt;.json</c> says of a board; its measurements lie beside it in <c>&lt;id&gt;.csv</c>.</summary>
/// <remarks>
/// <c>{"schema":1,"id":"orange-pi-5","name":"Orange Pi 5","min_power_w":2,"max_power_w":15,"power_limits":"given","source":"my.csv","table_sha256":"..."}</c>
/// </remarks>
internal sealed record BoardDefinition
{
    public const int CurrentSchema = 1;
    public const int MaximumBytes = 16 * 1024;
    public const int MaximumNameLength = 100;

    public int Schema { get; init; } = CurrentSchema;
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required double MinPowerW { get; init; }
    public required double MaxPowerW { get; init; }
    public required string PowerLimits { get; init; }
    public required string Source { get; init; }
    public required string TableSha256 { get; init; }

    [JsonIgnore]
    public DeviceType Device => new(Id, Name, Power.FromWatts(MinPowerW), Power.FromWatts(MaxPowerW));

    public static BoardDefinition Of(OwnBoard board) => new()
    {
        Id = board.Device.Id,
        Name = board.Device.Name,
        MinPowerW = board.Device.MinimumPower.Watts,
        MaxPowerW = board.Device.MaximumPower.Watts,
        PowerLimits = board.PowerLimits,
        Source = board.Source,
        TableSha256 = board.Table.Sha256,
    };

    /// <summary>Reads a definition.</summary>
    /// <exception cref="InvalidDataException">It is not one, or not one of this version.</exception>
    public static BoardDefinition Read(ReadOnlySpan<byte> json)
    {
        BoardDefinition? definition;
        try
        {
            definition = JsonSerializer.Deserialize(json, BoardJsonContext.Default.BoardDefinition);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"it is not the definition of a board ({exception.Message})", exception);
        }

        if (definition is not { Schema: CurrentSchema })
            throw new InvalidDataException($"it has schema {definition?.Schema}; {CurrentSchema} is needed");
        return Problem(definition.Device) is { } problem ? throw new InvalidDataException(problem) : definition;
    }

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, BoardJsonContext.Default.BoardDefinition);

    /// <summary>Why a device type cannot be a user's own board, or <c>null</c>.</summary>
    public static string? Problem(DeviceType device) =>
        DeviceTypeCatalog.Problem(device.Id) is { } id ? id
        : device.Name.Trim().Length is 0 or > MaximumNameLength || device.Name.Any(char.IsControl) ? $"name must have 1 to {MaximumNameLength} characters, without control characters."
        : !(device.MinimumPower.Watts > 0) || !(device.MaximumPower.Watts > device.MinimumPower.Watts) || !double.IsFinite(device.MaximumPower.Watts)
            ? $"min_power_w and max_power_w must be greater than 0, and the first less than the second ({device.MinimumPower} and {device.MaximumPower})."
        : null;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    WriteIndented = true)]
[JsonSerializable(typeof(BoardDefinition))]
internal sealed partial class BoardJsonContext : JsonSerializerContext;
