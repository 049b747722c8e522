using System.Text.Json.Nodes;
using EnergyManager.Core.Devices;
using Microsoft.OpenApi;

namespace EnergyManager.Web.Api.Http;

/// <summary>What OpenAPI cannot see because endpoints read queries and bodies themselves.</summary>
internal static class EndpointDocs
{
    public static RouteHandlerBuilder Query(this RouteHandlerBuilder endpoint, string name, JsonSchemaType type, string description, JsonNode? fallback = null) =>
        endpoint.Query(name, type, _ => description, fallback);

    /// <summary>The parameter that most listings share.</summary>
    public static RouteHandlerBuilder DeviceTypeQuery(this RouteHandlerBuilder endpoint) => endpoint.Query(
        "device_type",
        JsonSchemaType.String,
        services => $"Whose benchmark table answers: {services.GetRequiredService<DeviceTypeCatalog>().AcceptedNames}.",
        DeviceTypes.Default.Id);

    private static RouteHandlerBuilder Query(
        this RouteHandlerBuilder endpoint, string name, JsonSchemaType type, Func<IServiceProvider, string> describe, JsonNode? fallback) =>
        endpoint.AddOpenApiOperationTransformer((operation, context, _) =>
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = name,
                In = ParameterLocation.Query,
                Description = describe(context.ApplicationServices),
                Schema = new OpenApiSchema { Type = type, Default = fallback },
            });
            return Task.CompletedTask;
        });

    /// <summary>A body of raw bytes or a multipart form with one file field.</summary>
    public static RouteHandlerBuilder FileBody(this RouteHandlerBuilder endpoint, bool rawToo) =>
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            var form = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Required = new HashSet<string>(StringComparer.Ordinal) { "file" },
                Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
                {
                    ["file"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
                },
            };
            var content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { ["multipart/form-data"] = new OpenApiMediaType { Schema = form } };
            if (rawToo)
                content["application/octet-stream"] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } };
            operation.RequestBody = new OpenApiRequestBody { Required = true, Content = content };
            return Task.CompletedTask;
        });

    /// <summary>The problem documents that an endpoint can answer with.</summary>
    public static RouteHandlerBuilder Problems(this RouteHandlerBuilder endpoint, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
            endpoint.ProducesProblem(status);
        return endpoint;
    }
}
