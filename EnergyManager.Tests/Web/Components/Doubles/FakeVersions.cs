using EnergyManager.Web.Library;

namespace EnergyManager.Tests.Web.Components.Doubles;

/// <summary>Versions that a test gives, newest first.</summary>
internal sealed class FakeVersions : IModelVersions
{
    public Dictionary<string, StoredModel> Models { get; } = new(StringComparer.Ordinal);

    public int Reads { get; private set; }

    public void Put(string model, params (string Sha256, string Content)[] versions) => Models[model] = new StoredModel(model,
    [
        new StoredFile($"{model}.onnx", ".onnx", Executable: true, NotExecutableBecause: null, Present: true,
        [
            .. versions.Select((version, i) => new VersionView
            {
                Version = versions.Length - i,
                Newest = i == 0,
                Sha256 = version.Sha256,
                SizeBytes = 5_100_000,
                AddedAt = DateTimeOffset.UnixEpoch,
                Content = version.Content,
                Url = $"/models/{model}.onnx",
            }),
        ]),
    ]);

    public Task<StoredModel?> FindAsync(string model, CancellationToken cancellationToken)
    {
        Reads++;
        return Task.FromResult(Models.GetValueOrDefault(model));
    }
}
