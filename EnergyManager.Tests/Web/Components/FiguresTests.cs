using System.Globalization;
using EnergyManager.Core.Prediction;
using EnergyManager.Web.Components.Formatting;

namespace EnergyManager.Tests.Web.Components;

public sealed class FiguresTests
{
    [Theory]
    [InlineData("en", 58.321, "58.3\u00a0mWh")]
    [InlineData("vi", 58.321, "58,3\u00a0mWh")]
    [InlineData("en", 1234.6, "1,235\u00a0mWh")]
    [InlineData("vi", 1234.6, "1.235\u00a0mWh")]
    [InlineData("en", 1.239, "1.24\u00a0mWh")]
    [InlineData("en", 0.0417, "0.042\u00a0mWh")]
    [InlineData("en", 99.97, "100\u00a0mWh")]
    [InlineData("en", 0.0, "0\u00a0mWh")]
    public void Mwh_InALanguage_HasThreeDigitsAndAUnit(string culture, double value, string expected)
    {
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
        Normal(Figures.Mwh(value)).ShouldBe(expected);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Figure_ThatIsNotThere_IsADashAndNeverAZero(double? value)
    {
        Figures.Mwh(value).ShouldBe(Figures.None);
        Figures.Watts(value).ShouldBe(Figures.None);
        Figures.Percent(value).ShouldBe(Figures.None);
        Figures.Celsius(value).ShouldBe(Figures.None);
        Figures.Number(value).ShouldBe(Figures.None);
    }

    [Fact]
    public void StandardRunMwh_Of720MillijoulesAnInference_Is100() =>
        // 720 mJ x 500 / 3600 mJ per mWh.
        EnergyTerms.StandardRunMwh(720).ShouldBe(100, 1e-9);

    [Fact]
    public void EffectPercent_OfALogEffect_IsItsExponential() =>
        EnergyTerms.EffectPercent(new FeatureContribution("gmacs", 1, Math.Log(1.25))).ShouldBe(25, 1e-9);

    private static string Normal(string text) => text.Replace(' ', '\u00a0');
}
