using EnergyManager.Core.Telemetry;
using FsCheck;
using FsCheck.Fluent;

namespace EnergyManager.Tests.Core.Telemetry;

public sealed class SequenceRangesTests
{
    [Theory]
    [InlineData("", 5, 5, "5-5")]
    [InlineData("1-4", 5, 9, "1-9")]
    [InlineData("6-9", 1, 5, "1-9")]
    [InlineData("1-3,7-9", 4, 6, "1-9")]
    [InlineData("1-3,7-9", 5, 5, "1-3,5-5,7-9")]
    [InlineData("1-3,7-9,20-30", 2, 25, "1-30")]
    [InlineData("10-20", 12, 14, "10-20")]
    public void Add_Range_JoinsItsNeighbours(string before, long first, long last, string after)
    {
        var ranges = SequenceRanges.Parse(before);

        ranges.Add(first, last);

        ranges.ToString().ShouldBe(after);
    }

    [Theory]
    [InlineData("3")]
    [InlineData("5-2")]
    [InlineData("1-3,4-6")]
    [InlineData("5-9,1-3")]
    [InlineData("1-3,")]
    [InlineData("-1-3")]
    [InlineData("a-b")]
    public void Parse_NoRanges_SaysSo(string text) => Should.Throw<FormatException>(() => SequenceRanges.Parse(text)).Message.ShouldContain(text);

    [Fact]
    public void Everything_AgainstASet_Agrees() => Prop.ForAll(
        ArbMap.Default.ArbFor<(byte First, byte Length)[]>(),
        additions =>
        {
            var ranges = new SequenceRanges();
            var set = new SortedSet<long>();
            foreach (var (first, length) in additions)
            {
                ranges.Add(first, first + (length % 16));
                set.UnionWith(Enumerable.Range(first, (length % 16) + 1).Select(i => (long)i));
            }

            ranges.Count.ShouldBe(set.Count);
            ranges.Highest.ShouldBe(set.Count == 0 ? 0 : set.Max);
            SequenceRanges.Parse(ranges.ToString()).Ranges.ShouldBe(ranges.Ranges);
            for (long i = 0; i < 300; i += 7)
            {
                ranges.Contains(i).ShouldBe(set.Contains(i));
                ranges.NextMissing(i).ShouldBe(Enumerable.Range((int)i, 400).First(value => !set.Contains(value)));
                ranges.NextPresent(i).ShouldBe(ranges.Ranges.Select(range => range.First).Where(value => value > i).DefaultIfEmpty(long.MaxValue).First());
                ranges.CountIn(i, i + 20).ShouldBe(set.Count(value => value >= i && value < i + 20));
            }

            ranges.RemoveBelow(100);
            ranges.Count.ShouldBe(set.Count(value => value >= 100));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void CloseGaps_MoreRangesThanAllowed_ClosesTheLowestAndCounts()
    {
        var ranges = SequenceRanges.Parse("1-2,5-6,9-9,20-20");

        ranges.CloseGaps(2).ShouldBe(4);

        ranges.ToString().ShouldBe("1-9,20-20");
    }
}
