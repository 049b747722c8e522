namespace EnergyManager.Agent.Sensors;

/// <summary>Use of the file system that holds the models, as <c>df</c> counts it: what is reserved for root is not free.</summary>
public sealed class StorageSensor(string directory) : ISensor
{
    public string Name => "storage";

    public string Source => directory;

    public SensorReading Read()
    {
        try
        {
            var drive = new DriveInfo(directory);
            var used = drive.TotalSize - drive.TotalFreeSpace;
            var usable = used + drive.AvailableFreeSpace;
            return usable > 0
                ? SensorReading.Of(100.0 * used / usable)
                : SensorReading.Absent($"the file system of {directory} has no size");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return SensorReading.Absent($"the file system of {directory} cannot be read: {exception.Message}");
        }
    }
}
