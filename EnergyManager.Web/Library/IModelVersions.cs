namespace EnergyManager.Web.Library;

/// <summary>The versions of models that the store knows.</summary>
internal interface IModelVersions
{
    /// <summary>A model by its name or by one of its files, or <c>null</c> when the store has never had it.</summary>
    Task<StoredModel?> FindAsync(string model, CancellationToken cancellationToken);
}
