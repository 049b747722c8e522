using EnergyManager.Core.Deployment;
using static EnergyManager.Core.Deployment.DeploymentState;

namespace EnergyManager.Tests.Core.Deployment;

public sealed class DeploymentTransitionsTests
{
    private static readonly DeploymentState[] States = Enum.GetValues<DeploymentState>();

    // A row for each state that is left, a column for each that is entered: x may, . may not, = stays.
    // In order: Requested Fetching Offered Downloading Verifying Loading WarmingUp Checking Running Failed RolledBack Cancelled
    private static readonly (DeploymentState From, string To)[] Table =
    [
        (Requested,   "= x x . . . . . . x . x"),
        (Fetching,    ". = x . . . . . . x . x"),
        (Offered,     ". . = x x x . . x x . x"),
        (Downloading, ". . . = x . . . x x . x"),
        (Verifying,   ". . . x = x . . x x . x"),
        (Loading,     ". . . x x = x . x x x x"),
        (WarmingUp,   ". . . x x x = x x x x x"),
        (Checking,    ". . . x x x . = x x x x"),
        (Running,     ". . . . . . . . = x x ."),
        (Failed,      ". . . . . . . . . = . ."),
        (RolledBack,  ". . . . . . . . . . = ."),
        (Cancelled,   ". . . . . . . . . . . ="),
    ];

    public static TheoryData<DeploymentState, DeploymentState, bool> Pairs
    {
        get
        {
            var data = new TheoryData<DeploymentState, DeploymentState, bool>();
            foreach (var (from, row) in Table)
            {
                foreach (var (mark, to) in row.Split(' ').Zip(States))
                    data.Add(from, to, mark != ".");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Allows_EveryPairOfStates_IsAsTheTableSays(DeploymentState from, DeploymentState to, bool allowed) =>
        DeploymentTransitions.Allows(from, to).ShouldBe(allowed);

    [Fact]
    public void Pairs_CoverEveryState()
    {
        Table.Select(row => row.From).ShouldBe(States);
        Pairs.Count.ShouldBe(144);
    }

    [Theory]
    [InlineData(Requested, DeploymentOwner.Server)]
    [InlineData(Fetching, DeploymentOwner.Server)]
    [InlineData(Offered, DeploymentOwner.Device)]
    [InlineData(Downloading, DeploymentOwner.Device)]
    [InlineData(Verifying, DeploymentOwner.Device)]
    [InlineData(Loading, DeploymentOwner.Device)]
    [InlineData(WarmingUp, DeploymentOwner.Device)]
    [InlineData(Checking, DeploymentOwner.Device)]
    [InlineData(Running, DeploymentOwner.Nobody)]
    [InlineData(Failed, DeploymentOwner.Nobody)]
    [InlineData(RolledBack, DeploymentOwner.Nobody)]
    [InlineData(Cancelled, DeploymentOwner.Nobody)]
    public void OwnerOf_State_IsWhoBringsItOn(DeploymentState state, DeploymentOwner owner)
    {
        DeploymentTransitions.OwnerOf(state).ShouldBe(owner);
        DeploymentTransitions.IsSettled(state).ShouldBe(owner == DeploymentOwner.Nobody);
        // Whoever owns it, somebody can end it.
        if (owner != DeploymentOwner.Nobody)
            DeploymentTransitions.From(state).ShouldBeSubsetOf(States.Except([state]));
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
}
