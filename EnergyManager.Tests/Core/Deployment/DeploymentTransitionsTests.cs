using EnergyManager.Core.Deployment;
using static EnergyManager.Core.Deployment.DeploymentState;

namespace EnergyManager.Tests.Core.Deployment;

public sealed class DeploymentTransitionsTests
{
    private static readonly DeploymentState[] States = Enum.GetValues<DeploymentState>();

    private static readonly DeploymentState[] InOrder = [Downloading, Verifying, Loading, WarmingUp, Checking, Running];

    public static TheoryData<DeploymentState> UnderWay => [.. States.Where(s => !DeploymentTransitions.IsSettled(s))];

    public static TheoryData<DeploymentState> OnDevice => [.. InOrder.SkipLast(1)];

    [Theory]
    [MemberData(nameof(UnderWay))]
    public void UnderWay_CanFailAndBeCancelled(DeploymentState state)
    {
        DeploymentTransitions.Allows(state, Failed).ShouldBeTrue();
        DeploymentTransitions.Allows(state, Cancelled).ShouldBeTrue();
    }

    /// <summary>A device that died begins again with the download, with the check of what is there, or with the load.</summary>
    [Theory]
    [MemberData(nameof(OnDevice))]
    public void DeathInAState_TheDeviceStartsOverAndGetsThrough(DeploymentState died)
    {
        foreach (var again in (DeploymentState[])[Downloading, Verifying])
            (died == again || DeploymentTransitions.Allows(died, again)).ShouldBeTrue($"{died} -> {again}");
        foreach (var (state, next) in InOrder.Zip(InOrder.Skip(1)))
            DeploymentTransitions.Allows(state, next).ShouldBeTrue($"{state} -> {next}");
    }

    [Fact]
    public void EveryState_IsReachedFromRequested()
    {
        var reached = new HashSet<DeploymentState> { Requested };
        var next = new Queue<DeploymentState>(reached);
        while (next.TryDequeue(out var state))
        {
            foreach (var to in DeploymentTransitions.From(state).Where(reached.Add))
                next.Enqueue(to);
        }

        reached.ShouldBe(States, ignoreOrder: true);
    }

    [Theory]
    [InlineData(Failed)]
    [InlineData(RolledBack)]
    [InlineData(Cancelled)]
    public void Ended_LeadsNowhere(DeploymentState state) => DeploymentTransitions.From(state).ShouldBeEmpty();

    /// <summary>It may be rolled back, and a device that lost what it had may fail to get it again; it is not deployed a second time.</summary>
    [Fact]
    public void Running_CanOnlyBeTakenBackOrBeLost() => DeploymentTransitions.From(Running).ShouldBe([RolledBack, Failed], ignoreOrder: true);

    [Theory]
    [MemberData(nameof(UnderWay))]
    public void NothingRuns_WithoutItsCheck(DeploymentState state) => DeploymentTransitions.Allows(state, Running).ShouldBe(state == Checking);
}
