using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Recommendation;
using EnergyManager.Web.Library;

namespace EnergyManager.Tests.Web.Components.Doubles;

/// <summary>A library of the models that a test gives.</summary>
public sealed class FakeLibrary : IModelLibrary
{
    public IReadOnlyList<ModelView> Models { get; set; } = [];

    public EnergyPrediction? Prediction { get; set; }

    public ModelConstraints? LastConstraints { get; private set; }

    public Task<ModelListing> AllAsync(string? deviceType, CancellationToken cancellationToken) =>
        Task.FromResult(new ModelListing("jetson-nano", null, Models));

    public Task<ModelListing> RecommendAsync(string? deviceType, ModelConstraints constraints, CancellationToken cancellationToken)
    {
        LastConstraints = constraints;
        var rows = Models
            .Where(model => model.EnergyMwh <= constraints.MaxEnergyMwh && model.SizeMb <= constraints.MaxSizeMb)
            .OrderBy(model => model.EnergyMwh)
            .Take(constraints.Limit)
            .Select((model, index) => model with { Rank = index + 1, Reason = "within the limits", Pareto = index == 0 });
        return Task.FromResult(new ModelListing("jetson-nano", null, [.. rows]));
    }

    public CheaperModels? Cheaper { get; set; }

    public Task<CheaperModels?> CheaperAsync(string model, string? deviceType, string? deviceId, int limit, CancellationToken cancellationToken) =>
        Task.FromResult(Cheaper);

    public Task<ModelView?> FindAsync(string model, string? deviceType, CancellationToken cancellationToken) =>
        Task.FromResult(Models.FirstOrDefault(known => known.Model == model));

    public Task<EnergyPrediction?> PredictAsync(string model, string? deviceType, CancellationToken cancellationToken) => Task.FromResult(Prediction);

    /// <summary>What an upload ends with; without it every upload is refused.</summary>
    public Func<string, Stream, Task<ModelArtifact>>? Upload { get; set; }

    public Task<ModelArtifact> UploadAsync(string fileName, Stream content, CancellationToken cancellationToken) =>
        Upload?.Invoke(fileName, content) ?? Task.FromException<ModelArtifact>(new ModelStoreException("This library takes no uploads."));

    public Task<ModelArtifact> FetchAsync(string model, IProgress<FetchProgress>? progress, CancellationToken cancellationToken) =>
        Task.FromException<ModelArtifact>(new ModelStoreException($"No source has {model}."));

    public Task<bool> HasAsync(ModelArtifact artifact, CancellationToken cancellationToken) => Task.FromResult(true);

    public IDisposable Subscribe(Action changed) => new Ending(() => { });
}
