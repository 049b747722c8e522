using EnergyManager.Core.Deployment;
using EnergyManager.Web.Components.Deployments;
using EnergyManager.Web.Deployment;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Time.Testing;

namespace EnergyManager.Tests.Web.Components.Deployments;

public sealed class DeploymentLogicTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Timeline_UnderWay_LastsUntilNow()
    {
        var steps = DeploymentTimeline.Of(Deployment((DeploymentState.Requested, 0), (DeploymentState.Offered, 2), (DeploymentState.Downloading, 5)), Noon.AddSeconds(12));

        steps.Select(step => (step.State, step.Length!.Value.TotalSeconds, step.Now)).ShouldBe(
            [(DeploymentState.Requested, 2, false), (DeploymentState.Offered, 3, false), (DeploymentState.Downloading, 7, true)]);
    }

    [Theory]
    [InlineData(DeploymentState.Running)]
    [InlineData(DeploymentState.Failed)]
    [InlineData(DeploymentState.RolledBack)]
    [InlineData(DeploymentState.Cancelled)]
    public void Timeline_Settled_EndsWithoutALength(DeploymentState end) =>
        DeploymentTimeline.Of(Deployment((DeploymentState.Requested, 0), (end, 2)), Noon.AddHours(1))[^1].ShouldSatisfyAllConditions(
            step => step.Length.ShouldBeNull(), step => step.Now.ShouldBeFalse());

    [Fact]
    public void Timeline_ClockSetBack_HasNoNegativeLength() =>
        DeploymentTimeline.Of(Deployment((DeploymentState.Requested, 10), (DeploymentState.Offered, 4)), Noon).ShouldAllBe(step => step.Length >= TimeSpan.Zero);

    [Fact]
    public void Rate_OfASteadyTransfer_IsThatOfTheLastSeconds()
    {
        var clock = new FakeTimeProvider();
        var rate = new TransferRate(clock);
        rate.BytesPerSecond.ShouldBeNull();
        for (var second = 0; second <= 20; second++)
        {
            // Slow at first, ten times as fast in the end.
            rate.Take(second <= 10 ? second * 1000 : 10_000 + ((second - 10) * 10_000));
            if (second < 20)
                clock.Advance(TimeSpan.FromSeconds(1));
        }

        rate.BytesPerSecond!.Value.ShouldBe(10_000, 1);
        rate.Left(160_000)!.Value.TotalSeconds.ShouldBe(5, 0.01);
    }

    [Fact]
    public void Rate_StalledTransfer_Falls()
    {
        var clock = new FakeTimeProvider();
        var rate = new TransferRate(clock);
        rate.Take(0);
        clock.Advance(TimeSpan.FromSeconds(1));
        rate.Take(1000);
        clock.Advance(TimeSpan.FromSeconds(9));
        rate.Take(1000);

        rate.BytesPerSecond!.Value.ShouldBe(100, 1);
    }

    [Fact]
    public void Rate_TransferThatBeginsAnew_ForgetsTheOldOne()
    {
        var clock = new FakeTimeProvider();
        var rate = new TransferRate(clock);
        rate.Take(1000);
        clock.Advance(TimeSpan.FromSeconds(1));
        rate.Take(10);

        rate.BytesPerSecond.ShouldBeNull();
        rate.Left(100).ShouldBeNull();
    }

    [Fact]
    public void Query_Every_IsReadBackTheSame()
    {
        foreach (var group in Enum.GetValues<DeploymentGroup>())
            foreach (var device in new[] { null, "local-nano", "a/ô?&" })
                foreach (var page in new[] { 1, 7 })
                {
                    var query = new DeploymentQuery(device, "resnet", group, page);
                    var address = QueryHelpers.AddQueryString("http://localhost/deployments", query.Write().ToDictionary(part => part.Key, part => Convert.ToString(part.Value, System.Globalization.CultureInfo.InvariantCulture)));

                    DeploymentQuery.Parse(new Uri(address)).ShouldBe(query);
                }
    }

    [Theory]
    [InlineData("page=0")]
    [InlineData("page=-3")]
    [InlineData("page=99999999")]
    [InlineData("page=x&state=nonsense")]
    public void Query_Nonsense_IsTheDefault(string address) => DeploymentQuery.Parse(new Uri("http://localhost/deployments?" + address)).ShouldBe(new DeploymentQuery());

    [Theory]
    [InlineData(DeploymentGroup.UnderWay, 8)]
    [InlineData(DeploymentGroup.All, 0)]
    [InlineData(DeploymentGroup.RolledBack, 1)]
    public void ToSearch_Group_NamesItsStates(DeploymentGroup group, int states) => new DeploymentQuery(Group: group, Page: 3).ToSearch().ShouldSatisfyAllConditions(
        search => search.States.Count.ShouldBe(states), search => search.Offset.ShouldBe(50), search => search.Limit.ShouldBe(25));

    private static DeploymentView Deployment(params (DeploymentState State, double Seconds)[] steps) => new()
    {
        DeploymentId = "d",
        DeviceId = "nano",
        Model = "resnet18",
        State = steps[^1].State,
        RequestedAt = Noon,
        History = [.. steps.Select(step => new DeploymentStep(Noon.AddSeconds(step.Seconds), step.State, null))],
    };
}
