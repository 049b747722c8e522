using System.CommandLine;

namespace EnergyManager.Web.Cli;

/// <summary>What <c>predictor train</c> is told of a board of the user's own.</summary>
internal sealed record OwnBoardArguments(FileInfo Csv, string? Name, double? MinimumPowerW, double? MaximumPowerW, int? Inferences);

/// <summary>The options for it.</summary>
internal sealed class OwnBoardOptions
{
    public Option<FileInfo?> Csv { get; } = new("--csv")
    {
        Description = "Measurements of a board of your own, in the curated or the raw schema: --device is then the id that it gets, for example orange-pi-5.",
    };

    public Option<string?> Name { get; } = new("--name") { Description = "Name of that board, for people." };

    public Option<double?> MinimumPower { get; } = PowerOption("--min-power", "Least");

    public Option<double?> MaximumPower { get; } = PowerOption("--max-power", "Greatest");

    public Option<int?> Inferences { get; } = InferencesOption();

    public OwnBoardArguments Read(ParseResult parsed) =>
        new(parsed.GetRequiredValue(Csv)!, parsed.GetValue(Name), parsed.GetValue(MinimumPower), parsed.GetValue(MaximumPower), parsed.GetValue(Inferences));

    /// <summary>Without a file, the options for its board have no meaning.</summary>
    /// <exception cref="CliException">An option that only makes sense with --csv stands alone.</exception>
    public void RefuseWithoutCsv(ParseResult parsed)
    {
        foreach (var option in (Option[])[Name, MinimumPower, MaximumPower, Inferences])
        {
            if (parsed.GetResult(option) is not null)
                throw new CliException($"{option.Name} is of a board of your own: give its measurements with --csv too.");
        }
    }

    private static Option<int?> InferencesOption()
    {
        var option = new Option<int?>("--inferences") { Description = "Inferences of each run, for rows of the file that do not say it.", HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > 1_000_000)
                result.AddError("--inferences must be from 1 to 1000000.");
        });
        return option;
    }

    private static Option<double?> PowerOption(string name, string which)
    {
        var option = new Option<double?>(name)
        {
            Description = $"{which} average power of the whole board while it runs a model, in W; derived from the rows when not given.",
            HelpName = "W",
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is { } watts && (!double.IsFinite(watts) || watts <= 0))
                result.AddError($"{name} must be greater than 0 W.");
        });
        return option;
    }
}
