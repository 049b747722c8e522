using System.Globalization;

namespace EnergyManager.Core.Telemetry;

/// <summary>
/// A set of whole numbers kept as ranges: which samples of a boot are settled on the server, which records of an outbox are
/// acknowledged beyond its head. A device that sends the newest first leaves a gap behind, which its replay closes.
/// </summary>
/// <remarks>
/// As text the ranges stand in order with both ends: <c>1-500,801-900</c>. Neighbouring ranges are one, so that a set without
/// gaps is one range however large it is. Not safe for use by several threads at once.
/// </remarks>
public sealed class SequenceRanges
{
    private readonly List<(long First, long Last)> _ranges = [];

    /// <summary>Ranges, in order.</summary>
    public IReadOnlyList<(long First, long Last)> Ranges => _ranges;

    /// <summary>Highest number in the set; 0 for the empty set.</summary>
    public long Highest => _ranges is [.., var last] ? last.Last : 0;

    /// <summary>Numbers in the set.</summary>
    public long Count => _ranges.Sum(range => range.Last - range.First + 1);

    /// <summary>Reads the text form.</summary>
    /// <exception cref="FormatException">It is not a list of rising, separate ranges.</exception>
    public static SequenceRanges Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ranges = new SequenceRanges();
        foreach (var part in text.AsSpan().Split(','))
        {
            var range = text.AsSpan(part);
            if (range.IsEmpty && text.Length == 0)
                break;
            var dash = range.IndexOf('-');
            if (dash < 0
                || !long.TryParse(range[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
                || !long.TryParse(range[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
                || first > last || (ranges._ranges.Count > 0 && first <= ranges.Highest + 1))
                throw new FormatException($"'{text}' is not a list of ranges such as 1-500,801-900.");
            ranges._ranges.Add((first, last));
        }

        return ranges;
    }

    /// <summary>Whether a number is in the set.</summary>
    public bool Contains(long value)
    {
        var at = IndexAfter(value);
        return at > 0 && value <= _ranges[at - 1].Last;
    }

    /// <summary>Adds one number.</summary>
    public void Add(long value) => Add(value, value);

    /// <summary>Adds all numbers from <paramref name="first"/> to <paramref name="last"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="first"/> is negative, or above <paramref name="last"/>.</exception>
    public void Add(long first, long last)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, last);
        // Every range that overlaps or touches the new one becomes part of it.
        var from = IndexAfter(first);
        if (from > 0 && _ranges[from - 1].Last >= first - 1)
            from--;
        var to = from;
        while (to < _ranges.Count && _ranges[to].First - 1 <= last)
        {
            first = Math.Min(first, _ranges[to].First);
            last = Math.Max(last, _ranges[to].Last);
            to++;
        }

        _ranges.RemoveRange(from, to - from);
        _ranges.Insert(from, (first, last));
    }

    /// <summary>Adds another set.</summary>
    public void Add(SequenceRanges other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (var (first, last) in other._ranges)
            Add(first, last);
    }

    /// <summary>Takes all numbers below <paramref name="value"/> out of the set.</summary>
    public void RemoveBelow(long value)
    {
        _ranges.RemoveAll(range => range.Last < value);
        if (_ranges is [var (first, last), ..] && first < value)
            _ranges[0] = (value, last);
    }

    /// <summary>The lowest number from <paramref name="value"/> on that is not in the set.</summary>
    public long NextMissing(long value)
    {
        var at = IndexAfter(value);
        return at > 0 && value <= _ranges[at - 1].Last ? _ranges[at - 1].Last + 1 : value;
    }

    /// <summary>Start of the first range above <paramref name="value"/>, or <see cref="long.MaxValue"/>.</summary>
    public long NextPresent(long value)
    {
        var at = IndexAfter(value);
        return at < _ranges.Count ? _ranges[at].First : long.MaxValue;
    }

    /// <summary>Numbers of the set in [<paramref name="from"/>, <paramref name="to"/>).</summary>
    public long CountIn(long from, long to) =>
        _ranges.Sum(range => Math.Max(0, Math.Min(range.Last + 1, to) - Math.Max(range.First, from)));

    /// <summary>Closes the lowest gaps until there are at most <paramref name="ranges"/> ranges.</summary>
    /// <returns>Numbers that were added by that.</returns>
    public long CloseGaps(int ranges)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ranges, 1);
        long closed = 0;
        while (_ranges.Count > ranges)
        {
            closed += _ranges[1].First - _ranges[0].Last - 1;
            _ranges[0] = (_ranges[0].First, _ranges[1].Last);
            _ranges.RemoveAt(1);
        }

        return closed;
    }

    /// <summary>The text form.</summary>
    public override string ToString() =>
        string.Join(',', _ranges.Select(range => string.Create(CultureInfo.InvariantCulture, $"{range.First}-{range.Last}")));

    /// <summary>Index of the first range that begins above a number.</summary>
    private int IndexAfter(long value)
    {
        var (low, high) = (0, _ranges.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_ranges[middle].First <= value)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
