using System.Net;
using System.Text;
using System.Text.Json;

namespace EnergyManager.Tests.Web.Api;

/// <summary>Whatever a caller sends that is wrong is answered with a 4xx problem document that names the field, never a 500.</summary>
public sealed class BadInputTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    public static TheoryData<string, string, int, string> BadPredictions => new()
    {
        { "", "application/json", 400, "body" },
        { "not json", "application/json", 400, "body" },
        { "{\"params_m\":NaN,\"gmacs\":1,\"size_mb\":20}", "application/json", 400, "params_m" },
        { "{\"params_m\":Infinity,\"gmacs\":1,\"size_mb\":20}", "application/json", 400, "params_m" },
        { "{\"params_m\":1e999,\"gmacs\":1,\"size_mb\":20}", "application/json", 400, "params_m" },
        { "{\"params_m\":\"5\",\"gmacs\":1,\"size_mb\":20}", "application/json", 400, "params_m" },
        { "{\"params_m\":-5,\"gmacs\":1,\"size_mb\":20}", "application/json", 400, "params_m" },
        { "{\"params_m\":0,\"gmacs\":1,\"size_mb\":20}", "application/json", 400, "params_m" },
        { "{\"params_m\":null,\"gmacs\":1,\"size_mb\":20}", "application/json", 400, "params_m" },
        { "{\"gmacs\":1,\"size_mb\":20}", "application/json", 400, "params_m" },
        { "{\"params_m\":5,\"size_mb\":20}", "application/json", 400, "gmacs" },
        { "{\"params_m\":5,\"gflops\":-1,\"size_mb\":20}", "application/json", 400, "gflops" },
        { "{\"params_m\":5,\"gmacs\":[1],\"size_mb\":20}", "application/json", 400, "gmacs" },
        { "{\"params_m\":5,\"gmacs\":1}", "application/json", 400, "size_mb" },
        { "{\"params_m\":5,\"gmacs\":1,\"size_mb\":{}}", "application/json", 400, "size_mb" },
        { "{\"params_m\":5,\"gmacs\":1,\"size_mb\":20,\"latency_avg_s\":-0.1}", "application/json", 400, "latency_avg_s" },
        { "{\"params_m\":5,\"gmacs\":1,\"size_mb\":20,\"throughput_iter_per_s\":true}", "application/json", 400, "throughput_iter_per_s" },
        { "{\"params_m\":5,\"gmacs\":1,\"size_mb\":20,\"device_type\":\"toaster\"}", "application/json", 400, "device_type" },
        { "{\"params_m\":5,\"gmacs\":1,\"size_mb\":20,\"device_type\":7}", "application/json", 400, "device_type" },
        { "{\"params_m\":5,\"gmacs\":1,\"size_mb\":20,\"input_size\":\"big\"}", "application/json", 400, "input_size" },
        { "{\"params_m\":5,\"gmacs\":1,\"size_mb\":20,\"input_size\":\"3x0x224\"}", "application/json", 400, "input_size" },
        { "{\"params_m\":5,\"gmacs\":1,\"size_mb\":20,\"precision\":\"fp7\"}", "application/json", 400, "precision" },
        { "{\"params_m\":5,\"gmacs\":1,\"size_mb\":20,\"inferences\":1.5}", "application/json", 400, "inferences" },
        { "{\"params_m\":5,\"gmacs\":1,\"size_mb\":20,\"inferences\":0}", "application/json", 400, "inferences" },
        { "{\"params_m\":5,\"gmacs\":1,\"size_mb\":20,\"run_duration_s\":0}", "application/json", 400, "run_duration_s" },
        { "[]", "application/json", 400, "body" },
        { "7", "application/json", 400, "body" },
        { "[{\"params_m\":5,\"gmacs\":1,\"size_mb\":20},{\"params_m\":-1,\"gmacs\":1,\"size_mb\":20}]", "application/json", 400, "[1].params_m" },
        { "[7]", "application/json", 400, "[0]" },
        { "[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]", "application/json", 400, "body" },
        { "{\"params_m\":5}", "text/plain", 415, "content_type" },
        { "params_m=5", "application/x-www-form-urlencoded", 415, "content_type" },
    };

    [Theory]
    [MemberData(nameof(BadPredictions))]
    public async Task PredictEnergy_BadBody_NamesField(string body, string mediaType, int status, string field) =>
        await ShouldBeProblem(await server.Http.PostAsync("/api/predict-energy", new StringContent(body, Encoding.UTF8, mediaType)), status, field);

    [Fact]
    public async Task PredictEnergy_TenThousandItems_IsRefused()
    {
        var body = $"[{string.Join(',', Enumerable.Repeat("{\"params_m\":5,\"gmacs\":1,\"size_mb\":20}", 10_000))}]";
        await ShouldBeProblem(await server.PostAsync("/api/predict-energy", body), 413, "body");
    }

    [Fact]
    public async Task PredictEnergy_TenMegabytes_IsRefused() =>
        await ShouldBeProblem(await server.PostAsync("/api/predict-energy", $"{{\"model_name\":\"{new string('x', 10_000_000)}\"}}"), 413, "body");

    [Theory]
    [InlineData("/api/models/all?device_type=toaster", 400, "device_type")]
    [InlineData("/api/models/recommended?device_type=toaster", 400, "device_type")]
    [InlineData("/api/models/recommended?max_energy=-1", 400, "max_energy")]
    [InlineData("/api/models/recommended?max_energy=NaN", 400, "max_energy")]
    [InlineData("/api/models/recommended?max_energy=1&max_energy=2", 400, "max_energy")]
    [InlineData("/api/models/recommended?max_size=big", 400, "max_size")]
    [InlineData("/api/models/recommended?max_latency=0", 400, "max_latency")]
    [InlineData("/api/models/recommended?min_top1=101", 400, "min_top1")]
    [InlineData("/api/models/recommended?limit=0", 400, "limit")]
    [InlineData("/api/models/recommended?limit=1.5", 400, "limit")]
    [InlineData("/api/energy/thresholds?device_type=toaster", 400, "device_type")]
    [InlineData("/api/energy/model?detail=half", 400, "detail")]
    [InlineData("/api/energy/model?device_type=toaster", 400, "device_type")]
    [InlineData("/api/balena/devices?online_only=perhaps", 400, "online_only")]
    [InlineData("/api/devices/none", 404, "device_id")]
    [InlineData("/api/devices/none/telemetry", 404, "device_id")]
    [InlineData("/api/devices/none/telemetry?from=yesterday", 400, "from")]
    [InlineData("/api/devices/none/telemetry?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", 400, "from")]
    [InlineData("/api/devices/none/telemetry?step=-1", 400, "step")]
    [InlineData("/api/devices/none/telemetry?from=2020-01-01T00:00:00Z&step=1s", 400, "step")]
    [InlineData("/api/deployments/none", 404, "deployment_id")]
    [InlineData("/api/deployments?limit=many", 400, "limit")]
    [InlineData("/api/nothing", 404, "path")]
    [InlineData("/api/predict-energy", 405, "method")]
    public async Task Get_BadRequest_NamesField(string path, int status, string field) =>
        await ShouldBeProblem(await server.Http.GetAsync(new Uri(path, UriKind.Relative)), status, field);

    [Theory]
    [InlineData("/api/deploy", "{}", 400, "model_name")]
    [InlineData("/api/deploy", "[]", 400, "body")]
    [InlineData("/api/deploy", "{\"model_name\":\"resnet18\"}", 400, "bbb_ip")]
    [InlineData("/api/deploy", "{\"model_name\":7,\"bbb_ip\":\"10.0.0.1\"}", 400, "model_name")]
    [InlineData("/api/deploy", "{\"model_name\":\"resnet18\",\"bbb_ip\":\"10.0.0.1\",\"max_energy\":-1}", 400, "max_energy")]
    [InlineData("/api/deploy", "{\"model_name\":\"resnet18\",\"bbb_ip\":\"10.0.0.1\",\"override\":\"yes\"}", 400, "override")]
    [InlineData("/api/deploy", "{\"model_name\":\"resnet18\",\"bbb_ip\":\"10.0.0.1\"}", 404, "bbb_ip")]
    [InlineData("/api/deploy", "{\"model_name\":\"resnet18\",\"device_id\":\"none\"}", 404, "device_id")]
    [InlineData("/api/devices/none/rollback", "{}", 404, "device_id")]
    [InlineData("/api/models/download", "{}", 400, "model_name")]
    [InlineData("/api/models/download", "{\"model_name\":\"../../etc/passwd\"}", 400, "model_name")]
    [InlineData("/api/models/download", "{\"model_name\":[]}", 400, "model_name")]
    [InlineData("/api/models/upload", "{}", 415, "file")]
    [InlineData("/api/predict-energy/file", "{}", 415, "file")]
    public async Task Post_BadRequest_NamesField(string path, string body, int status, string field) =>
        await ShouldBeProblem(await server.PostAsync(path, body), status, field);

    private static async Task ShouldBeProblem(HttpResponseMessage response, int status, string field)
    {
        using (response)
        {
            var body = await response.Content.ReadAsStringAsync();
            ((int)response.StatusCode).ShouldBe(status, body);
            response.StatusCode.ShouldNotBe(HttpStatusCode.InternalServerError);
            response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
            using var problem = JsonDocument.Parse(body);
            problem.RootElement.GetProperty("status").GetInt32().ShouldBe(status);
            problem.RootElement.GetProperty("detail").GetString().ShouldNotBeNullOrWhiteSpace();
            problem.RootElement.GetProperty("errors").TryGetProperty(field, out var messages).ShouldBeTrue(body);
            messages[0].GetString().ShouldNotBeNullOrWhiteSpace();
        }
    }
}
