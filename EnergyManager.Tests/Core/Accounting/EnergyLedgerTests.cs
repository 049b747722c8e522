using EnergyManager.Core.Accounting;
using EnergyManager.Core.Telemetry;
using EnergyManager.Core.Units;

namespace EnergyManager.Tests.Core.Accounting;

public sealed class EnergyLedgerTests
{
    private static readonly Provenance Ina219 = Provenance.Measured("ina219");

    private readonly EnergyLedger _ledger = new(TimeSpan.FromSeconds(60));
    private DateTimeOffset _time = DateTimeOffset.UnixEpoch;

    /// <summary>What a board does over a minute and what that is called.</summary>
    [Theory]
    [InlineData(null, 0, 0, BoardActivity.Idle)]
    [InlineData("a", 0, 0, BoardActivity.Loaded)]
    [InlineData("a", 5, 0.25, BoardActivity.RateLimited)]
    [InlineData("a", 18, 0.89, BoardActivity.RateLimited)]
    [InlineData("a", 18, 0.91, BoardActivity.Active)]
    public void Add_AMinute_IsToldApart(string? model, int inferences, double busyS, BoardActivity expected)
    {
        var account = Minute(3, model, inferences, busyS).ShouldNotBeNull();

        (account.Activity, account.Model, account.DurationS, account.Samples).ShouldBe((expected, model, 60, 15_000));
        account.Joules.ShouldBe(180, 1e-9);
        account.BusyShare.ShouldBe(busyS, 1e-9);
    }

    /// <summary>5 inferences a second at 3 W on a board that idles at 2 W: 600 mJ with the waiting, 200 mJ over idle.</summary>
    [Fact]
    public void Add_RateLimitedAfterIdle_GivesGrossAndNetApart()
    {
        Minute(2, null, 0, 0);

        var account = Minute(3, "a", 5, 0.25).ShouldNotBeNull();

        account.GrossPerInferenceMj!.Value.ShouldBe(600, 1e-9);
        account.NetOfIdlePerInferenceMj!.Value.ShouldBe(200, 1e-9);
        account.IdleW.ShouldBe(2);
        account.IdleTime.ShouldBe(DateTimeOffset.UnixEpoch.AddSeconds(60));
        account.GrossHalfWidth95Mj!.Value.ShouldBe(1000 * 1.96 * 0.02 / Math.Sqrt(12) / 5, 1e-9);
    }

    [Fact]
    public void Add_NeverSeenIdle_HasNoNetRatherThanAGuess()
    {
        var account = Minute(3, "a", 5, 0.25).ShouldNotBeNull();

        (account.NetOfIdlePerInferenceMj, account.IdleW, account.IdleTime).ShouldBe((null, null, null));
        account.GrossPerInferenceMj.ShouldNotBeNull();
    }

    [Fact]
    public void Add_IdleOfAnotherSensor_IsNotTaken()
    {
        Minute(2, null, 0, 0, Provenance.Measured("external"));

        Minute(3, "a", 5, 0.25)!.NetOfIdlePerInferenceMj.ShouldBeNull();
    }

    [Fact]
    public void Add_LessThanOneInferenceASecond_StillCounts()
    {
        // One inference every two seconds: single windows have one or none.
        EnergyAccount? account = null;
        for (var i = 0; i < 60; i++)
            account = Add(3, "a", i % 2, 0.05 * (i % 2));

        account.ShouldNotBeNull().Activity.ShouldBe(BoardActivity.RateLimited);
        account.GrossPerInferenceMj!.Value.ShouldBe(6000, 1e-9);
    }

    [Theory]
    [InlineData("model")]
    [InlineData("rate")]
    [InlineData("sensor")]
    [InlineData("no power")]
    [InlineData("interrupted")]
    public void Add_SomethingChangesWithinTheMinute_BeginsAnew(string what)
    {
        for (var i = 0; i < 59; i++)
            Add(3, "a", 5, 0.25).ShouldBeNull();
        if (what == "interrupted")
            _ledger.Interrupt();

        Add(what == "no power" ? null : 3, what == "model" ? "b" : "a", 5, 0.25, what == "sensor" ? Provenance.Measured("external") : Ina219, what == "rate" ? "10" : "5")
            .ShouldBeNull();

        // A minute of the new from here on; the one window above is of it where it had power.
        var more = 0;
        EnergyAccount? account = null;
        for (; account is null; more++)
            account = Add(3, what == "model" ? "b" : "a", 5, 0.25, what == "sensor" ? Provenance.Measured("external") : Ina219, what == "rate" ? "10" : "5");
        more.ShouldBe(what == "no power" ? 60 : 59);
        account.Inferences.ShouldBe(300);
    }

    private EnergyAccount? Minute(double watts, string? model, int inferences, double busyS, Provenance? sensor = null)
    {
        EnergyAccount? account = null;
        for (var i = 0; i < 60; i++)
            account = Add(watts, model, inferences, busyS, sensor);
        return account;
    }

    private EnergyAccount? Add(double? watts, string? model, int inferences, double busyS, Provenance? sensor = null, string setting = "5")
    {
        _time = _time.AddSeconds(1);
        var power = watts is { } w ? new PowerWindow(w, w, w, w, 250, sensor ?? Ina219) : null;
        return _ledger.Add(new LedgerEntry(_time, 1, power, model, setting, inferences, busyS), stepW: 0.02);
    }
}
