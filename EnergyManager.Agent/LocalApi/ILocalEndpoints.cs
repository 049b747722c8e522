namespace EnergyManager.Agent.LocalApi;

/// <summary>One topic of the local interface. What is registered as this interface is served.</summary>
public interface ILocalEndpoints
{
    void Map(LocalRoutes routes);
}
