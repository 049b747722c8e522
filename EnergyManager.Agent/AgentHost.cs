using EnergyManager.Agent.Artifacts;
using EnergyManager.Agent.Benchmarking;
using EnergyManager.Agent.Connection;
using EnergyManager.Agent.Inference;
using EnergyManager.Agent.LocalApi;
using EnergyManager.Agent.Outbox;
using EnergyManager.Agent.Sampling;
using EnergyManager.Agent.Sensors;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent;

/// <summary>Puts the agent together.</summary>
public static class AgentHost
{
    public static IHost Build(string[] arguments)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings
        {
            // No defaults: they watch files, read the working directory and load loggers that a small board can do without.
            DisableDefaults = true,
            ApplicationName = "EnergyManager.Agent",
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Configuration
            .AddJsonFile("appsettings.json", optional: true, reloadOnChange: false)
            .AddEnvironmentVariables()
            .AddCommandLine(arguments);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.UseUtcTimestamp = true;
        });
        builder.Services.AddSystemd();
        if (SystemdHelpers.IsSystemdService())
            builder.Services.AddHostedService<SystemdWatchdog>();
        builder.Services.AddAgent(builder.Configuration);
        var host = builder.Build();
        try
        {
            // Bad settings and a directory that is in use end the start here, with a sentence instead of a stack.
            host.Services.GetRequiredService<DataDirectory>();
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    public static IServiceCollection AddAgent(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AgentOptions>()
            .Configure(options => BindStrictly(configuration.GetSection(AgentOptions.Section), options))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<AgentOptions>, AgentOptionsValidator>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));

        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<AgentIdentity>();
        services.AddSingleton<ServerCredential>();
        services.AddSingleton(provider => new DataDirectory(provider.Options().DataDirectory));

        services.AddSensors();
        services.AddSingleton(provider => new TelemetryOutbox(
            provider.GetRequiredService<DataDirectory>().Outbox,
            provider.Options().Outbox,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<TelemetryOutbox>>()));

        services.AddInference();
        services.AddSingleton(provider => new AgentStateStore(
            provider.GetRequiredService<DataDirectory>().StateFile, provider.GetRequiredService<ILogger<AgentStateStore>>()));
        services.AddSingleton<DesiredStateInbox>();
        services.AddSingleton(provider => new ArtifactStore(
            provider.GetRequiredService<DataDirectory>().Artifacts, provider.Options().Artifacts));
        // No redirects: the credential goes to the configured server and nowhere else.
        services.AddSingleton(_ => new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan });
        services.AddSingleton<ArtifactDownloader>();
        services.AddSingleton<DeploymentReporter>();
        services.AddSingleton<ModelInstaller>();

        services.AddSingleton<ConnectionStatus>();
        services.AddSingleton<HubConnectionFactory>();
        services.AddSingleton(provider => new SendPace(provider.Options().Connection));
        services.AddSingleton<TelemetrySender>();

        services.AddLocalApi();
        services.AddBenchmarking();

        services.AddHostedService<ParentWatch>();
        services.AddSingleton<SampleTotals>();
        services.AddSingleton<Sampler>();
        services.AddHostedService(provider => provider.GetRequiredService<Sampler>());
        services.AddHostedService<Reconciler>();
        services.AddHostedService<ServerConnection>();
        return services;
    }

    /// <summary>A misspelt setting, or one of the wrong type, is an error and not a default.</summary>
    private static void BindStrictly(IConfigurationSection section, AgentOptions options)
    {
        try
        {
            section.Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException)
        {
            throw new AgentStartException(exception.Message, exception);
        }
    }

    private static AgentOptions Options(this IServiceProvider provider) => provider.GetRequiredService<IOptions<AgentOptions>>().Value;
}
