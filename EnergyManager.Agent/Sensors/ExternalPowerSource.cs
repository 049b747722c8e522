using System.Globalization;
using System.Runtime.InteropServices;
using EnergyManager.Core.Units;

namespace EnergyManager.Agent.Sensors;

/// <summary>What a USB meter or any other instrument outside the board says: a power, or the energy since it was started.</summary>
/// <remarks><c>{"watts":4.21}</c>, <c>{"joules":15213.6,"time":"2026-05-01T10:00:00.250Z"}</c>.</remarks>
public sealed record ExternalReading
{
    /// <summary>Power in watts. Either this or <see cref="Joules"/>.</summary>
    public double? Watts { get; init; }

    /// <summary>Energy in joules since any moment that stays the same: a counter.</summary>
    public double? Joules { get; init; }

    /// <summary>When the instrument took the reading; by default when it arrived.</summary>
    public DateTimeOffset? Time { get; init; }
}

/// <summary>
/// Power that is posted to the agent. A reading holds until the next one, but no longer than
/// <see cref="ExternalPowerOptions.MaximumAge"/>; a counter gives the mean power between its last two readings.
/// </summary>
public sealed class ExternalPowerSource(ExternalPowerOptions options, TimeProvider time) : IPowerSource
{
    /// <summary>A clock of an instrument may be ahead of the board's by this much.</summary>
    private static readonly TimeSpan MaximumLead = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Posted? _last;
    private double? _watts;
    private bool _read;

    /// <summary>Raised when a reading arrives after none, or after a silence.</summary>
    public event EventHandler? Appeared;

    public string Name => "power:external";

    public string Detail => "readings posted to this agent; what the instrument covers is for whoever attached it to say";

    public Provenance Provenance { get; } = Provenance.Measured("external");

    // Readings are held, so reading more often than instruments post gains nothing but the moment of a change.
    public double NativeRateHz => 10;

    /// <summary>Whether anything was ever posted.</summary>
    public bool HasReadings
    {
        get
        {
            lock (_lock)
                return _last is not null;
        }
    }

    /// <summary>Takes a reading.</summary>
    /// <param name="reading">What was posted.</param>
    /// <param name="problem">What is wrong with it, naming the field, when it is refused; otherwise empty.</param>
    public bool TryPost(ExternalReading reading, out string problem)
    {
        bool appeared;
        lock (_lock)
        {
            var arrival = time.GetTimestamp();
            var now = time.GetUtcNow();
            var before = _last is { } last && Age(last, arrival) <= options.MaximumAge ? _last : null;
            problem = Check(reading, before, now);
            if (problem.Length > 0)
                return false;

            var delay = reading.Time is { } taken && taken < now ? now - taken : TimeSpan.Zero;
            var posted = new Posted(arrival, delay, reading.Time, reading.Joules);
            double? watts = null;
            if (reading.Watts is { } given)
            {
                watts = given;
            }
            else if (before is { Joules: { } joules } earlier && reading.Joules!.Value >= joules)
            {
                // A counter that fell was started again: this reading is the first of a new count.
                watts = (reading.Joules.Value - joules) / Between(earlier, posted).TotalSeconds;
                if (!(watts <= options.MaximumWatts))
                {
                    problem = string.Create(CultureInfo.InvariantCulture,
                        $"joules rose by {reading.Joules.Value - joules:0.###} in {Between(earlier, posted).TotalSeconds:0.###} s, which is more than the {options.MaximumWatts} W that are allowed (Power:External:MaximumWatts).");
                    return false;
                }
            }
            appeared = before is null;
            (_last, _watts, _read) = (posted, watts, false);
        }
        if (appeared)
            Appeared?.Invoke(this, EventArgs.Empty);
        return true;
    }

    public PowerReading Read()
    {
        lock (_lock)
        {
            if (_last is not { } last)
                return PowerReading.Absent("nothing was posted yet");
            var age = Age(last, time.GetTimestamp());
            if (age > options.MaximumAge)
            {
                return PowerReading.Absent(string.Create(CultureInfo.InvariantCulture,
                    $"the last reading is {age.TotalSeconds:0} s old; readings hold for {options.MaximumAge.TotalSeconds:0.#} s"));
            }
            if (_watts is not { } watts)
                return PowerReading.Absent("one value of the counter so far: power is the difference of two");
            var reading = PowerReading.OfWatts(watts);
            var held = _read;
            _read = true;
            return held ? reading.AsHeld() : reading;
        }
    }

    private string Check(ExternalReading reading, Posted? before, DateTimeOffset now)
    {
        if (reading.Watts is null == reading.Joules is null)
            return "Give either watts or joules (a counter), not both.";
        if (reading.Watts is { } watts && !(watts >= 0 && watts <= options.MaximumWatts))
            return string.Create(CultureInfo.InvariantCulture, $"watts is {watts}; it must be between 0 and {options.MaximumWatts} (Power:External:MaximumWatts).");
        if (reading.Joules is { } joules && !(joules >= 0 && double.IsFinite(joules)))
            return string.Create(CultureInfo.InvariantCulture, $"joules is {joules}; it must be a number from 0.");
        if (reading.Time is { } taken)
        {
            if (taken > now + MaximumLead)
                return $"time {taken:O} is ahead of this device ({now:O}): set the clocks, or leave time out.";
            if (taken < now - options.MaximumAge)
                return $"time {taken:O} is older than the {options.MaximumAge.TotalSeconds:0.#} s that a reading holds: set the clocks, or leave time out.";
            if (taken <= before?.Time)
                return $"time {taken:O} is not after that of the reading before ({before.Value.Time:O}): post readings in order.";
        }
        return "";
    }

    private TimeSpan Age(Posted posted, long now) => time.GetElapsedTime(posted.Arrival, now) + posted.Delay;

    /// <summary>By the instrument's clock where both readings have its time: the way here takes a time that varies.</summary>
    private TimeSpan Between(Posted earlier, Posted later) =>
        later.Time - earlier.Time ?? time.GetElapsedTime(earlier.Arrival, later.Arrival);

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Posted(long Arrival, TimeSpan Delay, DateTimeOffset? Time, double? Joules);
}
