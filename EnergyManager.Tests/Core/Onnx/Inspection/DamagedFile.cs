using System.Diagnostics;
using EnergyManager.Core.Onnx.Inspection;

namespace EnergyManager.Tests.Core.Onnx.Inspection;

/// <summary>Inspects a sound file damaged in many ways; anything but an answer or the documented error ends the test.</summary>
internal sealed class DamagedFile(byte[] sound, int seed)
{
    /// <summary>The nodes come first in a file, the weights after them: damage to nodes is where it gets interesting.</summary>
    private const int StructureBytes = 64 * 1024;

    private readonly Random _random = new(seed);

    public Outcome CutAtEveryPercent() => Inspect(Enumerable.Range(1, 99).Select(percent => sound[..(int)(sound.Length * (long)percent / 100)]));

    /// <summary>One byte each, half of them anywhere and half of them near the start.</summary>
    public Outcome FlipBytes(int count) => Inspect(Enumerable.Range(0, count).Select(round =>
    {
        var bytes = (byte[])sound.Clone();
        bytes[_random.Next(round % 2 == 0 ? bytes.Length : Math.Min(bytes.Length, StructureBytes))] ^= (byte)_random.Next(1, 256);
        return bytes;
    }));

    private static Outcome Inspect(IEnumerable<byte[]> files)
    {
        var (answered, refused, peak, longest) = (0, 0, 0L, TimeSpan.Zero);
        foreach (var file in files)
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var started = Stopwatch.GetTimestamp();
            try
            {
                OnnxInspector.Inspect(new MemoryStream(file), new InspectorLimits(), CancellationToken.None).Macs.ShouldBeGreaterThanOrEqualTo(0);
                answered++;
            }
            catch (OnnxFormatException)
            {
                refused++;
            }

            longest = Stopwatch.GetElapsedTime(started) is var elapsed && elapsed > longest ? elapsed : longest;
            peak = Math.Max(peak, GC.GetAllocatedBytesForCurrentThread() - allocated);
        }

        return new(answered, refused, peak, longest);
    }

    /// <summary>What became of the files.</summary>
    /// <param name="Answered">Files that were inspected.</param>
    /// <param name="Refused">Files that were refused with the documented error.</param>
    /// <param name="PeakBytes">The most that one inspection allocated, garbage included.</param>
    /// <param name="Longest">The longest inspection.</param>
    internal sealed record Outcome(int Answered, int Refused, long PeakBytes, TimeSpan Longest);
}
