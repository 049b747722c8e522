using EnergyManager.Core.Prediction.Calibration;

namespace EnergyManager.Tests.Core.Prediction;

public sealed class DriftJudgeTests
{
    private static readonly PredictedBand Wide = new(70, 100, 140);
    private static readonly PredictedBand Narrow = new(98, 100, 102);

    public static TheoryData<string, bool, double[], bool> Cases => new()
    {
        { "too few windows leave what was: nothing", false, [300, 300], false },
        { "too few windows leave what was: a warning", true, [100, 100], true },
        { "all inside", false, [100, 120, 80], false },
        { "one window out of three is no drift", false, [100, 300, 100], false },
        { "two of three are", false, [100, 300, 300], true },
        { "older windows do not count", false, [300, 300, 300, 100, 100, 100], false },
        { "too little is drift too", false, [50, 50, 50], true },
        { "just outside raises", false, [141, 141, 141], true },
        { "just inside does not raise", false, [139, 139, 139], false },
        { "just inside does not end a warning", true, [139, 139, 139], true },
        { "well inside ends it", true, [110, 110, 110], false },
        { "well inside from below ends it", true, [80, 80, 80], false },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Stands_Windows_AreJudgedByTheirMedian(string what, bool stood, double[] figures, bool stands) =>
        DriftJudge.Stands(stood, figures, Wide, new DriftRule()).ShouldBe(stands, what);

    [Theory]
    [InlineData(118, false)]
    [InlineData(122, true)]
    [InlineData(84, false)]
    [InlineData(82, true)]
    public void Stands_NarrowInterval_TakesTheTolerance(double figure, bool stands) =>
        DriftJudge.Stands(false, [figure, figure, figure], Narrow, new DriftRule()).ShouldBe(stands);

    [Fact]
    public void Stands_FigureThatWandersAroundTheBound_ChangesOnce()
    {
        var (stands, changes) = (false, 0);
        foreach (var figure in Enumerable.Range(0, 200).Select(i => 140 + (8 * Math.Sin(i))))
        {
            var next = DriftJudge.Stands(stands, [figure, figure, figure], Wide, new DriftRule());
            changes += next == stands ? 0 : 1;
            stands = next;
        }

        changes.ShouldBe(1);
    }

    [Fact]
    public void ErrorPercent_OfAFigure_IsOfThePrediction()
    {
        Wide.ErrorPercent(300).ShouldBe(200, 1e-9);
        Wide.ErrorPercent(50).ShouldBe(-50, 1e-9);
    }
}
