using System.Globalization;
using CsvHelper;
using EnergyManager.Core.Prediction.Features;

namespace EnergyManager.Core.Prediction.Comparison;

/// <summary>
/// Writes the folds of a comparison, so that learners of other libraries can be compared on the same rows.
/// </summary>
/// <remarks>
/// One line per row; an empty field is a missing value:
/// <c>row,model,run_energy_mwh,run_duration_s,log_power_w,fold_1..n,predicted_1..n,published_params_m..,feature_log_params_m..</c>
/// <c>0,resnet18,89.9452,47.5413,1.9184,4,1,89.02,90.31,11.6895,..,2.4587,..</c>
/// (for two repeats; <c>predicted_n</c> is the product's held-out prediction in mWh).
/// </remarks>
public static class FoldFile
{
    /// <summary>Writes one comparison.</summary>
    public static void Write(TextWriter text, ComparisonResult result)
    {
        var repeats = result.HeldOut.Repeats;
        var features = ModelComparison.MeasuredFeatures(result.Table);
        using var csv = CsvWriter.Create(text, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true);
        csv.WriteHeader(
        [
            "row", "model", "run_energy_mwh", "run_duration_s", "log_power_w",
            .. repeats.Select((_, i) => Numbered("fold", i)),
            .. repeats.Select((_, i) => Numbered("predicted", i)),
            .. ComparisonTable.PublishedFeatures.Select(name => "published_" + name),
            .. FeatureSet.MeasuredInCampaign.Names.Select(name => "feature_" + name),
        ]);
        for (var i = 0; i < result.HeldOut.Rows.Count; i++)
        {
            var row = result.HeldOut.Rows[i];
            csv.WriteRecord(
            [
                Text(i), row.Model, Text(row.RunEnergyMwh), Text(row.RunDurationS), Text(Math.Log(row.AveragePower.Watts)),
                .. repeats.Select(repeat => Text(repeat[i].Error.Fold)),
                .. repeats.Select(repeat => Text(repeat[i].PredictedMwh)),
                .. result.Table.Published.Row(i).ToArray().Select(Text),
                .. features.Row(i).ToArray().Select(Text),
            ]);
        }
    }

    private static string Numbered(string name, int repeat) => string.Create(CultureInfo.InvariantCulture, $"{name}_{repeat + 1}");

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(double value) => double.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture);
}
