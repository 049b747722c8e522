using CsvHelper;
using EnergyManager.Core.Benchmarks.Audit;

namespace EnergyManager.Core.Benchmarks;

/// <summary>
/// Reads benchmark files in the curated schema or with the raw column names, reporting every unusable field by line and column.
/// </summary>
/// <remarks>
/// Curated: <c>resnet18,resnet18,resnet,fp32,11.69,1.82,44.68,224,224,4,500,47.5413,89.9452,1.17,...</c><br/>
/// Raw: <c>resnet18,1.8191,11.6895,1.82,44.68,3x224x224,224x224,3,500,0.0950826,0.0008138,10.51717139,89.9452,...</c>
/// </remarks>
public static class BenchmarkReader
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Caps; the usual ones when omitted.</param>
    /// <exception cref="BenchmarkFileException">The file is not a benchmark file or rows of it are unusable.</exception>
    /// <exception cref="IOException">The file cannot be opened or read.</exception>
    public static BenchmarkFile ReadFile(string path, BenchmarkReaderOptions? options = null)
    {
        using var reader = new StreamReader(path);
        return Read(reader, Path.GetFileName(path), options);
    }

    /// <summary>Reads a table from text.</summary>
    /// <param name="text">The CSV text; it is not closed.</param>
    /// <param name="source">Name of the file, for messages and provenance.</param>
    /// <param name="options">Caps; the usual ones when omitted.</param>
    /// <exception cref="BenchmarkFileException">The text is not a benchmark table or rows of it are unusable.</exception>
    public static BenchmarkFile Read(TextReader text, string source, BenchmarkReaderOptions? options = null)
    {
        options ??= BenchmarkReaderOptions.Default;
        var errors = new List<BenchmarkFileError>();
        var records = new List<BenchmarkRecord>();
        var (schema, badRows) = (BenchmarkSchema.Raw, 0);
        string[] columns = [];
        using var csv = CsvReader.Create(text, ReaderOptions(options), leaveOpen: true);
        try
        {
            csv.ReadHeader();
            if (csv.Headers is not { Count: > 0 } headers)
                throw new BenchmarkFileException(source, [new(1, "", "The file is empty: a header line with column names is needed.")]);

            columns = [.. headers.Select(h => h.Trim().ToLowerInvariant())];
            schema = SchemaOf(columns, source);
            while ((options.LeavesOutBadRows || errors.Count < options.MaximumErrors) && csv.Read())
            {
                if (records.Count + badRows == options.MaximumRows)
                    throw new BenchmarkFileException(source, [new((int)csv.LineNumber, "", $"More than {options.MaximumRows} rows. Split the file.")]);
                var row = new RowReader(csv, errors, options.MaximumFieldLength);
                var record = row.HasOtherWidth(columns.Length) ? null : schema == BenchmarkSchema.Curated ? CuratedRecord(row, source) : RawRecord(row, source);
                if (row.HasErrors)
                    badRows++;
                else
                    records.Add(record!);
                if (errors.Count > options.MaximumErrors)
                    errors.RemoveRange(options.MaximumErrors, errors.Count - options.MaximumErrors);
            }

        }
        catch (CsvFormatException exception)
        {
            badRows++;
            errors.Add(new((int)Math.Max(exception.LineNumber, 1), "", "The line is not valid CSV, or is too long. Check its quotes. Nothing after it was read."));
        }

        if (errors.Count > 0 && (!options.LeavesOutBadRows || columns.Length == 0))
            throw new BenchmarkFileException(source, errors);
        if (records.Count == 0 && errors.Count == 0)
            throw new BenchmarkFileException(source, [new(2, "", "The file has a header and no rows.")]);
        return new BenchmarkFile(source, schema, records) { Errors = errors, BadRows = badRows };
    }

    private static CsvReaderOptions ReaderOptions(BenchmarkReaderOptions options) => new()
    {
        Separator = ',',
        TrimWhitespace = true,
        TrackLineNumbers = true,
        MalformedData = CsvMalformedDataHandling.Throw,
        MaxRecordSize = options.MaximumFieldLength * 64,
    };

    private static BenchmarkSchema SchemaOf(string[] columns, string source)
    {
        if (columns.Any(c => c.Any(letter => (char.IsControl(letter) && letter != '\t') || letter == '\uFFFD')))
            throw new BenchmarkFileException(source, [new(1, "", "The file is not text. A CSV file in UTF-8 is needed.")]);
        if (columns is [var only] && only.IndexOfAny([';', '\t', '|']) is >= 0 and var separator)
            throw new BenchmarkFileException(source, [new(1, "", $"The columns are separated by {(only[separator] == '\t' ? "tabs" : $"'{only[separator]}'")}. Separate them by commas, and write numbers with a decimal point.")]);
        string[] twice = [.. columns.Where(c => c.Length > 0).CountBy(c => c).Where(c => c.Value > 1).Select(c => c.Key)];
        if (twice.Length > 0)
            throw new BenchmarkFileException(source, [.. twice.Select(c => new BenchmarkFileError(1, c, "The column occurs more than once. Keep one of them."))]);

        // The columns that only one of the schemas has tell which one was meant.
        var raw = !columns.Contains("run_energy_mwh") && !columns.Contains("run_duration_s") && columns.Intersect(BenchmarkColumns.RawOnly).Any();
        var missing = (raw ? BenchmarkColumns.RawRequired : BenchmarkColumns.Required).Except(columns).ToList();
        if (raw && !columns.Contains("latency_avg_s") && !columns.Contains("duration_avg_s"))
            missing.Add("latency_avg_s or duration_avg_s");
        if (missing.Count == 0)
            return raw ? BenchmarkSchema.Raw : BenchmarkSchema.Curated;
        throw new BenchmarkFileException(source, [.. missing.Select(c => new BenchmarkFileError(1, c, "The column is missing."))]);
    }

    private static BenchmarkRecord CuratedRecord(RowReader row, string source)
    {
        var model = row.Text("model");
        var parsed = ModelName.Parse(model);
        var name = parsed with
        {
            Architecture = row.OptionalText("architecture") ?? parsed.Architecture,
            Family = row.OptionalText("family") ?? parsed.Family,
        };
        return new BenchmarkRecord
        {
            Line = row.Line,
            File = source,
            Source = row.OptionalText("source") ?? source,
            Model = model,
            Name = name,
            Precision = row.Precision("precision") ?? name.Precision ?? Precision.Fp32,
            ParamsM = row.Positive("params_m"),
            Gmacs = row.Positive("gmacs"),
            SizeMb = row.Positive("size_mb"),
            InputWidth = row.Pixels("input_width"),
            InputHeight = row.Pixels("input_height"),
            // Batch 1 unless stated; an empty field says that it is not known.
            Batch = row.HasColumn("batch") ? row.OptionalCount("batch") : 1,
            Inferences = row.OptionalCount("inferences"),
            LikelyInferences = row.OptionalCount("likely_inferences"),
            RunDurationS = row.Positive("run_duration_s"),
            RunEnergyMwh = row.Positive("run_energy_mwh"),
            RunEnergyStdMwh = row.OptionalNonNegative("run_energy_std_mwh"),
            Campaign = row.OptionalText("campaign") ?? "",
            Findings = row.OptionalText("findings") ?? "",
            ActivationsM = row.OptionalPositive("activations_m"),
            ReferenceCpuMs = row.OptionalPositive("reference_cpu_ms"),
            ReferenceGpuMs = row.OptionalPositive("reference_gpu_ms"),
        };
    }

    private static BenchmarkRecord RawRecord(RowReader row, string source)
    {
        var model = row.Text("model");
        var name = ModelName.Parse(model);
        var (height, width) = row.InputSize("input_size");
        var stated = row.OptionalCount("iterations_per_measurement");
        var latency = row.OptionalPositive("latency_avg_s");
        var duration = row.OptionalPositive("duration_avg_s");
        var repeats = row.Values("energy_run1_mwh", "energy_run2_mwh", "energy_run3_mwh");
        return new BenchmarkRecord
        {
            Line = row.Line,
            File = source,
            Source = source,
            Model = model,
            Name = name,
            Precision = name.Precision ?? Precision.Fp32,
            ParamsM = row.Positive("params_m"),
            Gflops = row.OptionalPositive("gflops"),
            Gmacs = row.Positive("gmacs"),
            SizeMb = row.Positive("size_mb"),
            InputWidth = width,
            InputHeight = height,
            Batch = name.Batch ?? 1,
            Inferences = stated,
            LatencyS = latency,
            RunDurationS = duration ?? (latency * stated),
            Campaign = duration is not null ? "run-duration" : stated is not null ? BenchmarkRecord.CampaignOf(stated.Value) : "",
            RunEnergyMwh = row.Positive("energy_avg_mwh"),
            RunEnergyStdMwh = row.OptionalNonNegative("energy_std_mwh") ?? Statistics.StandardDeviation(repeats),
            LatencyStdS = row.OptionalNonNegative("latency_std_s"),
            RepeatEnergiesMwh = repeats,
        };
    }
}
