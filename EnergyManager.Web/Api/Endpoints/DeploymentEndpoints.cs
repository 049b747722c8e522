using EnergyManager.Web.Api.Http;
using EnergyManager.Web.Api.Json;
using EnergyManager.Web.Deployment;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace EnergyManager.Web.Api.Endpoints;

/// <summary><c>POST /api/deploy</c>, <c>/api/deployments</c> and rollback.</summary>
internal static class DeploymentEndpoints
{
    private const int MaximumListed = 500;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/deploy", DeployAsync)
            .WithName("Deploy")
            .WithTags("Deployments")
            .WithSummary("Asks a device to run a model")
            .WithDescription(
                "Answers as soon as the device's desired state is written; a device that is offline takes it up when it comes back. "
                + "A prediction over max_energy is refused with 409 unless override is true. With device_ids instead of one device the answer "
                + "has a member deployments with what became of each; it is 409 when every one was refused.")
            .Accepts<DeployBody>("application/json")
            .Produces<DeployAnswer>()
            .Problems(400, 404, 409, 413, 415);
        routes.MapGet("/api/deployments", ListAsync)
            .WithName("ListDeployments")
            .WithTags("Deployments")
            .WithSummary("Deployments, newest first")
            .Query("device_id", JsonSchemaType.String, "Only those of a device.")
            .Query("limit", JsonSchemaType.Integer, $"Rows at most, 1 to {MaximumListed}.", 50)
            .Produces<DeploymentsAnswer>()
            .Problems(400);
        routes.MapGet("/api/deployments/{id}", FindAsync)
            .WithName("GetDeployment")
            .WithTags("Deployments")
            .WithSummary("One deployment with every step that it took")
            .Produces<DeploymentView>()
            .Problems(404);
        routes.MapPost("/api/devices/{id}/rollback", RollbackAsync)
            .WithName("Rollback")
            .WithTags("Deployments")
            .WithSummary("Puts the model back that ran before")
            .Produces<DeployAnswer>()
            .Problems(404, 409);
        routes.MapPost("/api/deployments/{id}/retry", RetryAsync)
            .WithName("RetryDeployment")
            .WithTags("Deployments")
            .WithSummary("Tries a deployment again that failed, was rolled back or was withdrawn, as a new one")
            .Produces<DeployAnswer>()
            .Problems(404, 409);
        routes.MapPost("/api/deployments/{id}/cancel", Cancel)
            .WithName("CancelDeployment")
            .WithTags("Deployments")
            .WithSummary("Withdraws a deployment that is under way; the device keeps what it ran before")
            .Produces<DeployAnswer>()
            .Problems(404, 409);
        routes.MapGet("/api/deployments/audit", Audit)
            .WithName("ListGateDecisions")
            .WithTags("Deployments")
            .WithSummary("Decisions of the energy gate, newest first: who asked for what, when, and what was said")
            .Query("device_id", JsonSchemaType.String, "Only those for a device.")
            .Query("limit", JsonSchemaType.Integer, $"Rows at most, 1 to {MaximumListed}.", 50)
            .Produces<GateAuditAnswer>()
            .Problems(400);
    }

    private static async Task<IResult> DeployAsync(
        HttpRequest http, [FromServices] IDeploymentService deployments, IOptions<ManagerOptions> options, CancellationToken cancellationToken)
    {
        using var json = await JsonBody.ReadAsync(http, options.Value.Caps.RequestBodyBytes, cancellationToken);
        var errors = new FieldErrors();
        var fields = new JsonFields(json.RootElement, errors);
        var request = new DeployRequest
        {
            DeviceId = fields.Text("device_id", 128),
            Address = fields.Text("bbb_ip", 256),
            ModelName = fields.Text("model_name", 128) ?? "",
            MaxEnergyMwh = fields.Positive("max_energy", "mWh of the standard run"),
            Override = fields.Flag("override"),
            RequestedBy = Caller.Of(http.HttpContext),
        };
        if (!errors.Any && request.ModelName.Length == 0)
            fields.Fail("model_name", "This field is needed: the name of a model, for example mobilenetv3_small_075.");
        var several = fields.Texts("device_ids", options.Value.Caps.DeployTargets, 128);
        if (!errors.Any && several is not null && (request.DeviceId is not null || request.Address is not null))
            fields.Fail("device_ids", "Give either device_ids or one device, not both.");
        if (!errors.Any && several is null && request.DeviceId is null && request.Address is null)
            fields.Fail("bbb_ip", "One of bbb_ip (the address of a connected device) and device_id is needed. GET /api/devices lists the devices.");
        if (!errors.Any && several is not null)
            return Answer(request.ModelName, await deployments.DeployAsync(request, several, cancellationToken));
        return errors.Any ? ApiProblem.Of(errors) : Answer(await deployments.DeployAsync(request, cancellationToken), request.Address);
    }

    private static async Task<IResult> RollbackAsync(string id, HttpContext http, [FromServices] IDeploymentService deployments, CancellationToken cancellationToken) =>
        Answer(await deployments.RollbackAsync(id, Caller.Of(http), cancellationToken), address: null);

    private static async Task<IResult> RetryAsync(string id, HttpContext http, [FromServices] IDeploymentService deployments, CancellationToken cancellationToken) =>
        Answer(await deployments.RetryAsync(id, Caller.Of(http), cancellationToken), address: null);

    private static IResult Cancel(string id, HttpContext http, [FromServices] IDeploymentService deployments) =>
        Answer(deployments.Cancel(id, Caller.Of(http)), address: null);

    private static IResult Audit(HttpRequest http, [FromServices] IDeploymentService deployments)
    {
        var errors = new FieldErrors();
        var query = new QueryFields(http.Query, errors);
        var deviceId = query.Text("device_id", 128);
        var limit = query.Count("limit", MaximumListed) ?? 50;
        if (errors.Any)
            return ApiProblem.Of(errors);
        var decisions = deployments.Audit(deviceId, limit);
        return TypedResults.Ok(new GateAuditAnswer(decisions, decisions.Count));
    }

    private static async Task<IResult> ListAsync(HttpRequest http, [FromServices] IDeploymentService deployments, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var query = new QueryFields(http.Query, errors);
        var deviceId = query.Text("device_id", 128);
        var limit = query.Count("limit", MaximumListed) ?? 50;
        if (errors.Any)
            return ApiProblem.Of(errors);
        var list = await deployments.ListAsync(deviceId, limit, cancellationToken);
        return TypedResults.Ok(new DeploymentsAnswer(list, list.Count));
    }

    private static async Task<IResult> FindAsync(string id, [FromServices] IDeploymentService deployments, CancellationToken cancellationToken) =>
        await deployments.FindAsync(id, cancellationToken) is { } deployment
            ? TypedResults.Ok(deployment)
            : ApiProblem.Of(StatusCodes.Status404NotFound, "deployment_id", "There is no such deployment. GET /api/deployments lists them.");

    private static IResult Answer(string model, IReadOnlyList<DeviceOutcome> outcomes)
    {
        DeviceDeployAnswer[] deployments = [.. outcomes.Select(DeviceDeployAnswer.From)];
        var accepted = outcomes.Count(outcome => outcome.Outcome.Status == DeployStatus.Accepted);
        var refused = outcomes.Count - accepted;
        if (accepted == 0)
        {
            return ApiProblem.Of(
                StatusCodes.Status409Conflict, "device_ids", $"{model} was refused for all {refused} devices; deployments says why.",
                new Dictionary<string, object?>(StringComparer.Ordinal) { ["deployments"] = deployments });
        }

        var message = refused == 0 ? $"{model} is on its way to {accepted} devices." : $"{model} is on its way to {accepted} devices; {refused} refused, deployments says why.";
        return TypedResults.Ok(new DeployManyAnswer(refused == 0 ? "success" : "partial", message, model, accepted, refused, deployments));
    }

    private static IResult Answer(DeployOutcome outcome, string? address)
    {
        if (outcome is { Status: DeployStatus.Accepted, Deployment: { } deployment })
        {
            return TypedResults.Ok(new DeployAnswer(
                "success", outcome.Message, deployment.Model, outcome.PredictedEnergy?.Mwh, outcome.Device?.Address ?? address, deployment.DeploymentId));
        }

        var (status, field) = outcome.Status switch
        {
            DeployStatus.OverBudget => (StatusCodes.Status409Conflict, "max_energy"),
            DeployStatus.UnknownDeployment => (StatusCodes.Status404NotFound, "deployment_id"),
            DeployStatus.NotPossible => (StatusCodes.Status409Conflict, "deployment_id"),
            DeployStatus.NothingToRollBackTo => (StatusCodes.Status409Conflict, "device_id"),
            DeployStatus.UnknownDevice => (StatusCodes.Status404NotFound, address is null ? "device_id" : "bbb_ip"),
            DeployStatus.UnknownModel => (StatusCodes.Status404NotFound, "model_name"),
            _ => (StatusCodes.Status400BadRequest, "body"),
        };
        var message = outcome.Status == DeployStatus.OverBudget ? $"{outcome.Message.TrimEnd('.')} (\"override\": true)." : outcome.Message;
        var members = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (outcome.PredictedEnergy is { } predicted)
            members["predicted_energy"] = predicted.Mwh;
        if (outcome.Deployment is { } recorded)
            members["deployment_id"] = recorded.DeploymentId;
        return ApiProblem.Of(status, outcome.Field ?? field, message, members);
    }
}
