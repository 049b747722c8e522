using EnergyManager.Web.Api.Endpoints;
using EnergyManager.Web.Api.Http;
using EnergyManager.Web.Api.Json;
using EnergyManager.Web.Library;

namespace EnergyManager.Web.Api;

/// <summary>Registers and maps the REST API, the model library behind it and its clients.</summary>
internal static class ApiHosting
{
    public static void AddApi(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.ConfigureHttpJsonOptions(options => ApiJson.Configure(options.SerializerOptions));
        services.AddProblemDetails(options => options.CustomizeProblemDetails = ProblemPages.Complete);
        services.AddExceptionHandler<ApiExceptionHandler>();
        services.AddOpenApi(options => options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "EnergyManager";
            document.Info.Description =
                "Which model can this board afford, put it there, and what does it really cost? Energies are in mWh of the standard run "
                + "(500 inferences at batch 1) unless a field says otherwise. Errors are RFC 9457 problem documents with an errors member by field.";
            return Task.CompletedTask;
        }));
        services.AddSingleton<ListingBytes>();
        services.AddSingleton<ServerClock>();
        services.AddSingleton<PredictionAnswers>();
        services.AddLibrary();
    }

    public static void MapApi(this WebApplication app)
    {
        app.UseWhen(ProblemPages.Covers, api =>
        {
            api.UseExceptionHandler();
            api.UseStatusCodePages();
        });
        // Counted from the start of the server, not from the first look at it.
        app.Services.GetRequiredService<ServerClock>();
        app.MapOpenApi();
        PredictionEndpoints.Map(app);
        PredictionFileEndpoint.Map(app);
        ModelEndpoints.Map(app);
        DownloadEndpoints.Map(app);
        ModelFileEndpoint.Map(app);
        EnergyEndpoints.Map(app);
        PredictorExportEndpoint.Map(app);
        DeploymentEndpoints.Map(app);
        DeviceEndpoints.Map(app);
        BenchmarkEndpoints.Map(app);
        BalenaEndpoints.Map(app);
        HealthEndpoint.Map(app);
        UnknownEndpoint.Map(app);
    }
}
