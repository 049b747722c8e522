using EnergyManager.Agent.Inference;
using EnergyManager.Agent.Sensors;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Devices;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent;

/// <summary>Checks every setting and gathers all that is wrong, one line each.</summary>
public sealed class AgentOptionsValidator : IValidateOptions<AgentOptions>
{
    public ValidateOptionsResult Validate(string? name, AgentOptions options)
    {
        var failures = new List<string>();

        void Require(bool ok, string field, string rule)
        {
            if (!ok)
                failures.Add($"{AgentOptions.Section}:{field} {rule}");
        }

        void Between<T>(T value, T least, T most, string field) where T : IComparable<T> =>
            Require(value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0, field, $"is {value}; it must be between {least} and {most}.");

        Require(
            Uri.TryCreate(options.Server, UriKind.Absolute, out var server) && server.Scheme is "http" or "https"
                && server.Query.Length == 0 && server.UserInfo.Length == 0,
            "Server",
            $"is '{options.Server}'; it must be an address such as http://localhost:5000 or https://energy.example.org.");
        Require(Path.IsPathFullyQualified(options.DataDirectory), "DataDirectory", $"is '{options.DataDirectory}'; it must be an absolute path.");
        Require(Path.IsPathFullyQualified(options.ProcRoot), "ProcRoot", $"is '{options.ProcRoot}'; it must be an absolute path.");
        Require(Path.IsPathFullyQualified(options.SysRoot), "SysRoot", $"is '{options.SysRoot}'; it must be an absolute path.");
        // The value itself is a secret: it never goes into a message.
        Require(
            options.Credential is null || ServerCredential.IsWellFormed(options.Credential),
            "Credential",
            "must have the form <device id>.<secret>, as enrolment printed it.");
        Require(options.Credential is null || options.CredentialFile is null, "CredentialFile", "and Credential are both set; set one of them.");
        Require(
            options.CredentialFile is null || File.Exists(options.CredentialFile),
            "CredentialFile",
            $"is '{options.CredentialFile}'; there is no such file.");
        Require(options.Name is null || options.Name.Trim().Length is > 0 and <= 100, "Name", "must have 1 to 100 characters.");
        Require(
            options.DeviceType is null || DeviceTypeId.IsWellFormed(DeviceTypeId.Normalise(options.DeviceType)),
            "DeviceType",
            $"is '{options.DeviceType}'; it must be one of {DeviceTypeCatalog.BuiltIn.AcceptedNames}, or the id of a board that the server was taught with predictor train.");
        Require(options.ParentProcessId is null or > 0, "ParentProcessId", $"is {options.ParentProcessId}; it must be a process id.");
        Between(options.SampleInterval, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1), "SampleInterval");

        Between(options.Outbox.SegmentBytes, 4 * 1024, 64L * 1024 * 1024, "Outbox:SegmentBytes");
        Require(
            options.Outbox.MaximumBytes >= 2 * options.Outbox.SegmentBytes,
            "Outbox:MaximumBytes",
            $"is {options.Outbox.MaximumBytes}; it must hold at least two segments ({2 * options.Outbox.SegmentBytes}).");
        Between(options.Outbox.MaximumAge, TimeSpan.FromMinutes(1), TimeSpan.FromDays(3650), "Outbox:MaximumAge");
        Between(options.Outbox.CheckpointInterval, TimeSpan.Zero, TimeSpan.FromMinutes(10), "Outbox:CheckpointInterval");

        Between(options.Connection.MinimumDelay, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), "Connection:MinimumDelay");
        Between(options.Connection.MaximumDelay, options.Connection.MinimumDelay, TimeSpan.FromMinutes(10), "Connection:MaximumDelay");
        Between(options.Connection.RefusedDelay, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1), "Connection:RefusedDelay");
        Between(options.Connection.ConnectTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), "Connection:ConnectTimeout");
        Between(options.Connection.Timeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), "Connection:Timeout");
        Between(options.Connection.MaximumTimeout, options.Connection.Timeout, TimeSpan.FromMinutes(10), "Connection:MaximumTimeout");
        Between(options.Connection.BatchSize, 1, AgentProtocol.MaximumBatch, "Connection:BatchSize");
        Between(options.Connection.BatchesPerSecond, 0.1, 1000, "Connection:BatchesPerSecond");
        Between(options.Connection.LiveFirstAbove, 1, int.MaxValue, "Connection:LiveFirstAbove");

        Between(options.Power.SampleRateHz, 1, 500, "Power:SampleRateHz");
        Between(options.Power.MaximumGap, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10), "Power:MaximumGap");
        Between(options.Power.AccountingWindow, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), "Power:AccountingWindow");
        Between(options.Power.SwitchAfter, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10), "Power:SwitchAfter");
        Between(options.Power.RescanInterval, TimeSpan.FromSeconds(2), TimeSpan.FromHours(1), "Power:RescanInterval");
        Require(
            options.Power.Prefer is null || PowerSources.Names.Contains(options.Power.Prefer),
            "Power:Prefer",
            $"is '{options.Power.Prefer}'; it must be one of {string.Join(", ", PowerSources.Names)}.");
        Require(options.Power.I2c.Count <= 8, "Power:I2c", $"names {options.Power.I2c.Count} sensors; 8 are allowed.");
        for (var i = 0; i < options.Power.I2c.Count; i++)
        {
            var (sensor, field) = (options.Power.I2c[i], $"Power:I2c:{i}");
            Between(sensor.Bus, 0, 255, $"{field}:Bus");
            Require(sensor.ParsedAddress is >= 0x40 and <= 0x4f, $"{field}:Address", $"is '{sensor.Address}'; it must be between 0x40 and 0x4f.");
            Between(sensor.ShuntOhms, 0.0001, 10, $"{field}:ShuntOhms");
            Between(sensor.MaximumAmps ?? 1, 0.01, 1000, $"{field}:MaximumAmps");
            Require(sensor.Chip is null or "ina219" or "ina226", $"{field}:Chip", $"is '{sensor.Chip}'; it must be ina219 or ina226, or left out.");
        }
        Between(options.Power.External.MaximumAge, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10), "Power:External:MaximumAge");
        Between(options.Power.External.MaximumWatts, 1, 10_000, "Power:External:MaximumWatts");
        Between(options.Artifacts.MaximumBytes, 1, long.MaxValue, "Artifacts:MaximumBytes");
        Between(options.Artifacts.ReserveBytes, 0, long.MaxValue / 2, "Artifacts:ReserveBytes");
        Between(options.Artifacts.AnswerTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1), "Artifacts:AnswerTimeout");
        Between(options.Artifacts.StallTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1), "Artifacts:StallTimeout");
        Between(options.Artifacts.MaximumRetryAfter, TimeSpan.Zero, TimeSpan.FromHours(1), "Artifacts:MaximumRetryAfter");
        Between(options.Artifacts.ProgressInterval, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(10), "Artifacts:ProgressInterval");
        Between(options.Artifacts.MaximumAttempts, 1, 100, "Artifacts:MaximumAttempts");
        InferenceOptionsRules.Check(options.Inference, Require);
        Between(options.Health.Window, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), "Health:Window");
        Between(options.Health.LeastWindows, 2, 1000, "Health:LeastWindows");
        Between(options.Health.MaximumErrorShare, 0, 1, "Health:MaximumErrorShare");
        Between(options.Health.RecoveredBelow, 0.1, 1, "Health:RecoveredBelow");
        Between(options.Health.KnownCheckInferences, 1, 10_000, "Health:KnownCheckInferences");
        Between(options.Health.LongestPause, TimeSpan.Zero, TimeSpan.FromMinutes(1), "Health:LongestPause");
        Between(options.Benchmark.MaximumDuration, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), "Benchmark:MaximumDuration");
        Between(options.Benchmark.MaximumInferences, 1, 100_000_000, "Benchmark:MaximumInferences");
        Between(options.Benchmark.MaximumRest, TimeSpan.Zero, TimeSpan.FromHours(1), "Benchmark:MaximumRest");
        Between(options.Benchmark.MaximumReports, 1, 1000, "Benchmark:MaximumReports");
        foreach (var (field, rule) in options.LocalApi.Problems())
            Require(ok: false, $"LocalApi:{field}", rule);

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
