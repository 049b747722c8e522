namespace EnergyManager.Agent.Inference;

/// <summary>What the settings of inference must be.</summary>
internal static class InferenceOptionsRules
{
    /// <summary>Checks every setting.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="require">Takes whether a setting is acceptable, its name and the rule.</param>
    public static void Check(InferenceOptions options, Action<bool, string, string> require)
    {
        void Between<T>(T value, T least, T most, string field) where T : IComparable<T> =>
            require(value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0, $"Inference:{field}", $"is {value}; it must be between {least} and {most}.");

        Between(options.Threads, 0, 256, nameof(options.Threads));
        Between(options.InterOpThreads, 1, 256, nameof(options.InterOpThreads));
        Between(options.WarmUpInferences, 1, 1000, nameof(options.WarmUpInferences));
        Between(options.MaximumLatencies, 16, 1_000_000, nameof(options.MaximumLatencies));
        require(
            options.ExecutionProvider.Length is > 0 and <= 32 && options.ExecutionProvider.All(char.IsAsciiLetterOrDigit),
            "Inference:ExecutionProvider",
            $"is '{options.ExecutionProvider}'; it must be the name of an execution provider of ONNX Runtime, such as cpu, cuda, tensorrt or xnnpack.");
        require(
            options.InputPath is null || Path.IsPathFullyQualified(options.InputPath),
            "Inference:InputPath",
            $"is '{options.InputPath}'; it must be the absolute path of a folder with one file an input.");
        Between(options.StartTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10), nameof(options.StartTimeout));
        Between(options.LoadTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1), nameof(options.LoadTimeout));
        Between(options.RunTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1), nameof(options.RunTimeout));
        Between(options.Nice, 0, 19, nameof(options.Nice));
        Between(options.MinimumRestartDelay, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(10), nameof(options.MinimumRestartDelay));
        Between(options.MaximumRestartDelay, options.MinimumRestartDelay, TimeSpan.FromHours(1), nameof(options.MaximumRestartDelay));
        Between(options.MaximumCrashes, 1, 1000, nameof(options.MaximumCrashes));
        Between(options.CrashPeriod, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), nameof(options.CrashPeriod));
        Between(options.MaximumPredictions, 1, 1000, nameof(options.MaximumPredictions));
        Between(options.MaximumPredictionBytes, 1024, 128 * 1024 * 1024, nameof(options.MaximumPredictionBytes));
    }
}
