using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using EnergyManager.Core.Benchmarks.Reference;
using EnergyManager.Core.Onnx.Synthesis;

namespace EnergyManager.Benchmarks.Hub;

/// <summary>
/// <c>fake-hub [--port 8500] [models]</c>: a Hub to point a server at. Architectures that can be synthesized come as ONNX with random
/// weights, others as a safetensors file of noise. Faults are typed while it runs, for example <c>Cuts=3</c>.
/// </summary>
internal static class FakeHubCommand
{
    private const int NoiseBytes = 40_000_000;

    private static readonly PropertyInfo[] Settings = typeof(FakeFaults).GetProperties();

    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        var port = 8500;
        var models = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--port")
                port = int.Parse(args[++i], CultureInfo.InvariantCulture);
            else
                models.Add(args[i]);
        }

        if (models.Count == 0)
            models = ["squeezenet1_1", "mobilenetv2_100", "resnet18", "convnext_tiny"];
        await using var hub = await FakeHub.StartAsync(request => Console.WriteLine(request), port);
        foreach (var model in models)
        {
            var name = ImageNetAccuracy.Find(model) is { Tag.Length: > 0 } published ? $"{model}.{published.Tag}" : $"{model}.none";
            var (id, path, content) = ModelSynthesizer.Architectures.Contains(model)
                ? ($"onnx-community/{name}", "onnx/model.onnx", ModelSynthesizer.Write(model))
                : ($"timm/{name}", "model.safetensors", Noise());
            hub.Put(id, "apache-2.0", (path, content));
            // Searching is by timm's repositories; those of the exporters have the same names.
            if (!id.StartsWith("timm/", StringComparison.Ordinal))
                hub.Put($"timm/{name}", "apache-2.0");
            Console.WriteLine($"{id} {path} {content.Length / 1e6:0.0} MB");
        }

        Console.WriteLine($"EnergyManager__Hub__Endpoint={hub.Address}");
        Console.WriteLine($"Faults: {string.Join(" ", Settings.Select(setting => $"{setting.Name}={setting.GetValue(hub.Faults)}"))}");
        while (await Console.In.ReadLineAsync(cancellationToken) is { } line)
            Set(hub.Faults, line);
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        return 0;
    }

    private static void Set(FakeFaults faults, string line)
    {
        var parts = line.Split('=', 2, StringSplitOptions.TrimEntries);
        var setting = Settings.FirstOrDefault(setting => string.Equals(setting.Name, parts[0], StringComparison.OrdinalIgnoreCase));
        try
        {
            if (setting is null || parts.Length < 2)
                throw new FormatException("type one of the faults with a value, for example Cuts=3");
            var type = Nullable.GetUnderlyingType(setting.PropertyType) ?? setting.PropertyType;
            setting.SetValue(faults, parts[1].Length == 0 ? null : Convert.ChangeType(parts[1], type, CultureInfo.InvariantCulture));
        }
        catch (Exception exception) when (exception is FormatException or OverflowException or InvalidCastException)
        {
            Console.WriteLine($"Not understood: {exception.Message}");
        }
    }

    private static byte[] Noise()
    {
        var content = RandomNumberGenerator.GetBytes(NoiseBytes);
        ((ReadOnlySpan<byte>)[2, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}']).CopyTo(content);
        return content;
    }
}
