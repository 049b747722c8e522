using System.Runtime.CompilerServices;
using EnergyManager.Benchmarks.Dashboard;

namespace EnergyManager.Tests.Benchmarks;

public sealed class ManagedHeapTests
{
    private const int Bytes = 100_000_000;

    [Fact]
    public async Task CollectAsync_Process_CollectsItsGarbageAndCountsWhatItHolds()
    {
        var held = new byte[Bytes];
        var garbage = Garbage();

        var bytes = await ManagedHeap.CollectAsync(Environment.ProcessId, CancellationToken.None);

        bytes.ShouldBeGreaterThan(Bytes);
        garbage.IsAlive.ShouldBeFalse();
        GC.KeepAlive(held);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Garbage() => new(new byte[Bytes]);
}
