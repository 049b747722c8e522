using EnergyManager.Web;

await using var app = ServerHost.Build(args);
await app.RunAsync();
