using System.Security.Cryptography;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Devices;

namespace EnergyManager.Core.Boards;

/// <summary>Caps of a user's own boards.</summary>
public sealed record BoardStoreOptions
{
    /// <summary>Boards that can be kept; one more is refused, and one more in the directory is left out.</summary>
    public int MaximumBoards { get; init; } = 32;

    /// <summary>Bytes of a board's table at most.</summary>
    public int MaximumTableBytes { get; init; } = 4 * 1024 * 1024;
}

/// <summary>A board that cannot be kept, with the reason.</summary>
public sealed class BoardRefusedException : Exception
{
    /// <summary>A refusal without a reason.</summary>
    public BoardRefusedException() : this("The board cannot be kept.")
    {
    }

    /// <summary>A refusal with its reason.</summary>
    public BoardRefusedException(string message) : base(message)
    {
    }

    /// <summary>A refusal with its reason and cause.</summary>
    public BoardRefusedException(string message, Exception innerException) : base(message, innerException)
    {
    }
}

/// <summary>
/// Keeps a user's own boards in a directory: <c>&lt;id&gt;.json</c> says what the board is, <c>&lt;id&gt;.csv</c> holds its audited
/// measurements. The definition holds the table's SHA-256, so that a pair of which one file is old, damaged or from elsewhere
/// is noticed, and left out with a reason.
/// </summary>
/// <param name="directory">The directory; created when a board is saved.</param>
/// <param name="options">Caps; the usual ones when omitted.</param>
public sealed class BoardStore(string directory, BoardStoreOptions? options = null)
{
    private readonly BoardStoreOptions _options = options ?? new();

    /// <summary>Every board that can be used, and what is there but cannot. Never throws for what a file holds.</summary>
    public OwnBoards Load()
    {
        var boards = new List<OwnBoard>();
        var problems = new List<BoardProblem>();
        foreach (var file in Files("*.json"))
        {
            try
            {
                if (boards.Count == _options.MaximumBoards)
                    throw new InvalidDataException($"there are more than {_options.MaximumBoards} boards. Forget one: predictor forget <id>");
                boards.Add(Read(file));
            }
            catch (Exception exception) when (exception is InvalidDataException or BenchmarkFileException or IOException or UnauthorizedAccessException)
            {
                problems.Add(new BoardProblem(Path.GetFileName(file), $"{exception.Message.TrimEnd('.')}. The board is left out: train it again from its measurements, or remove the file."));
            }
        }

        problems.AddRange(Files("*.csv").Where(csv => !File.Exists(Path.ChangeExtension(csv, ".json")))
            .Select(csv => new BoardProblem(Path.GetFileName(csv), "no definition lies beside it. The board is left out: train it again from its measurements, or remove the file.")));
        return new OwnBoards(boards, problems);
    }

    /// <summary>Keeps a board, in place of an earlier one with the same identifier.</summary>
    /// <param name="device">The device type.</param>
    /// <param name="rows">Its audited measurements.</param>
    /// <param name="powerLimits">Where the limits of its power are from, in words.</param>
    /// <param name="source">Name of the file that the measurements came in.</param>
    /// <exception cref="BoardRefusedException">The identifier, the name or the limits cannot be used, or there are too many boards or rows.</exception>
    /// <exception cref="IOException">The directory cannot be written to.</exception>
    public OwnBoard Save(DeviceType device, IReadOnlyList<BenchmarkRow> rows, string powerLimits, string source)
    {
        var (board, csv) = Prepare(device, rows, powerLimits, source);
        var definition = PathOf(device.Id, ".json");
        if (!File.Exists(definition) && Files("*.json").Count() >= _options.MaximumBoards)
            throw new BoardRefusedException($"There are {_options.MaximumBoards} boards already. Forget one first: predictor forget <id>.");
        Directory.CreateDirectory(directory);
        // A crash between the two leaves a table that the definition does not name, which loading tells.
        AtomicFile.Write(PathOf(device.Id, ".csv"), csv);
        AtomicFile.Write(definition, BoardDefinition.Of(board).Write());
        return board;
    }

    /// <summary>The board that <see cref="Save"/> would keep. Nothing is written.</summary>
    /// <exception cref="BoardRefusedException">It cannot be kept.</exception>
    public OwnBoard Preview(DeviceType device, IReadOnlyList<BenchmarkRow> rows, string powerLimits, string source) =>
        Prepare(device, rows, powerLimits, source).Board;

    /// <summary>Removes a board's files.</summary>
    /// <param name="id">Identifier of the board.</param>
    /// <returns>False when there was none.</returns>
    public bool Forget(string id)
    {
        if (!DeviceTypeId.IsWellFormed(id))
            return false;
        string[] files = [.. new[] { PathOf(id, ".json"), PathOf(id, ".csv") }.Where(File.Exists)];
        foreach (var file in files)
            File.Delete(file);
        return files.Length > 0;
    }

    private (OwnBoard Board, byte[] Csv) Prepare(DeviceType device, IReadOnlyList<BenchmarkRow> rows, string powerLimits, string source)
    {
        if (BoardDefinition.Problem(device) is { } problem)
            throw new BoardRefusedException(problem);
        using var memory = new MemoryStream();
        using (var text = new StreamWriter(memory, leaveOpen: true))
            CuratedTableWriter.Write(text, rows);
        var csv = memory.ToArray();
        if (csv.Length > _options.MaximumTableBytes)
            throw new BoardRefusedException($"The table has {csv.Length} bytes, more than {_options.MaximumTableBytes}: give fewer rows.");
        return (new OwnBoard(device, BenchmarkCatalog.Load(device, csv, $"{device.Id}.csv"), powerLimits, source), csv);
    }

    private OwnBoard Read(string file)
    {
        var definition = BoardDefinition.Read(ReadCapped(file, BoardDefinition.MaximumBytes));
        if (definition.Id != Path.GetFileNameWithoutExtension(file))
            throw new InvalidDataException($"it is the definition of '{definition.Id}'");
        var table = $"{definition.Id}.csv";
        if (!File.Exists(Path.Combine(directory, table)))
            throw new InvalidDataException($"{table} is missing");
        var csv = ReadCapped(Path.Combine(directory, table), _options.MaximumTableBytes);
        if (Convert.ToHexStringLower(SHA256.HashData(csv)) != definition.TableSha256)
            throw new InvalidDataException($"{table} is not the table that it was written with");
        return new OwnBoard(definition.Device, BenchmarkCatalog.Load(definition.Device, csv, table), definition.PowerLimits, definition.Source);
    }

    private static byte[] ReadCapped(string file, int maximumBytes) =>
        new FileInfo(file) is { Length: var length } && length > maximumBytes
            ? throw new InvalidDataException($"{Path.GetFileName(file)} has {length} bytes, more than {maximumBytes}")
            : File.ReadAllBytes(file);

    private IEnumerable<string> Files(string pattern) => Directory.Exists(directory)
        ? Directory.EnumerateFiles(directory, pattern).Order(StringComparer.Ordinal)
        : [];

    private string PathOf(string id, string extension) => Path.Combine(directory, id + extension);
}
