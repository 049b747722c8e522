using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Onnx.Synthesis;
using EnergyManager.Tests.Core.Onnx;
using EnergyManager.Tests.Core.Onnx.Inspection;
using Microsoft.Extensions.DependencyInjection;

namespace EnergyManager.Tests.Web.Api;

public sealed class ModelFileTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Theory]
    [InlineData("/models/../appsettings.json")]
    [InlineData("/models/%2e%2e/secret.onnx")]
    [InlineData("/models/..%2fsecret.onnx")]
    [InlineData("/models/%2e%2e%2fsecret.onnx")]
    [InlineData("/models/%252e%252e%252fsecret.onnx")]
    [InlineData("/models/..%5csecret.onnx")]
    [InlineData("/models/....//secret.onnx")]
    [InlineData("/models//etc/passwd")]
    [InlineData("/models/%2fetc%2fpasswd")]
    [InlineData("/models/.metadata/x.json")]
    [InlineData("/models/secret.onnx%00.onnx")]
    [InlineData("/models/link.onnx")]
    [InlineData("/models/missing.onnx")]
    [InlineData("/models/README.md")]
    [InlineData("/models/")]
    public async Task Get_NameOutsideTheStore_Is4xx(string target)
    {
        var outside = Path.Combine(Path.GetDirectoryName(server.ModelStore)!, "secret.onnx");
        await File.WriteAllTextAsync(outside, "secret");
        var link = Path.Combine(server.ModelStore, "link.onnx");
        if (!File.Exists(link))
            File.CreateSymbolicLink(link, outside);

        var answer = await RawGetAsync(target);

        answer.ShouldStartWith("HTTP/1.1 4");
        answer.ShouldNotContain("secret\r\n");
        answer.ShouldNotContain("root:");
    }

    [Fact]
    public async Task Get_Artifact_HasHashAsETagAndResumes()
    {
        var artifact = await ModelSynthesizer.SynthesizeAsync("squeezenet1_1", server.Services.GetRequiredService<IModelStore>(), CancellationToken.None);

        using var whole = await server.Http.GetAsync(new Uri("/models/squeezenet1_1.onnx", UriKind.Relative));
        var bytes = await whole.Content.ReadAsByteArrayAsync();
        whole.Headers.ETag!.Tag.ShouldBe($"\"{artifact.Sha256}\"");
        bytes.LongLength.ShouldBe(artifact.SizeBytes);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/models/squeezenet1_1.onnx") { Headers = { Range = new RangeHeaderValue(1000, null) } };
        using var rest = await server.Http.SendAsync(request);
        rest.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await rest.Content.ReadAsByteArrayAsync()).ShouldBe(bytes[1000..]);

        using var conditional = new HttpRequestMessage(HttpMethod.Get, "/models/squeezenet1_1.onnx");
        conditional.Headers.IfNoneMatch.Add(whole.Headers.ETag);
        using var unchanged = await server.Http.SendAsync(conditional);
        unchanged.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task Upload_OnnxFile_IsListedAndServed()
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(ModelSynthesizer.Write("squeezenet1_1", seed: 7)), "file", "mine.onnx" } };

        using var answer = await server.Http.PostAsync(new Uri("/api/models/upload", UriKind.Relative), form);

        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, body);
        using var json = JsonDocument.Parse(body);
        json.RootElement.GetProperty("file_name").GetString().ShouldBe("mine.onnx");
        json.RootElement.GetProperty("random_weights").GetBoolean().ShouldBeTrue();
        var row = (await server.GetAsync("/api/models/all")).GetProperty("models").EnumerateArray().Single(m => m.GetProperty("model").GetString() == "mine");
        row.GetProperty("available").GetBoolean().ShouldBeTrue();
        row.GetProperty("provenance").GetString().ShouldBe("predicted");
        row.GetProperty("params_m").GetDouble().ShouldBe(1.2355, 0.001);
        row.GetProperty("energy_mwh").GetDouble().ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("broken.onnx", "this is no model")]
    [InlineData("empty.onnx", "")]
    [InlineData("broken.pth", "this is no model")]
    [InlineData("broken.safetensors", "this is no model at all")]
    [InlineData("../escape.onnx", "x")]
    [InlineData("%2e%2e%2fescape.onnx", "x")]
    [InlineData("script.sh", "x")]
    [InlineData(".hidden.onnx", "x")]
    public async Task Upload_BadFile_LeavesTheStoreAsItWas(string name, string content)
    {
        var before = Directory.GetFiles(server.ModelStore, "*", SearchOption.AllDirectories).Length;
        using var form = new MultipartFormDataContent { { new ByteArrayContent(Encoding.UTF8.GetBytes(content)), "file", name } };

        using var answer = await server.Http.PostAsync(new Uri("/api/models/upload", UriKind.Relative), form);

        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, body);
        body.ShouldContain("\"errors\":{\"file");
        Directory.GetFiles(server.ModelStore, "*", SearchOption.AllDirectories).Length.ShouldBe(before);
        File.Exists(Path.Combine(Path.GetDirectoryName(server.ModelStore)!, "escape.onnx")).ShouldBeFalse();
    }

    [Fact]
    public async Task Upload_OverTheCap_Is413()
    {
        var small = await ServerFixture.StartAsync("--EnergyManager:Caps:UploadBytes=100000");
        try
        {
            using var form = new MultipartFormDataContent { { new ByteArrayContent(new byte[150_000]), "file", "big.bin" } };
            using var answer = await small.Http.PostAsync(new Uri("/api/models/upload", UriKind.Relative), form);
            answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge, await answer.Content.ReadAsStringAsync());
            Directory.GetFiles(small.ModelStore).ShouldBeEmpty();
        }
        finally
        {
            await small.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task PredictFile_FormOrRawBody_InspectsAndPredicts(bool asForm)
    {
        HttpContent file = new ByteArrayContent(ModelSynthesizer.Write("resnet18"));
        file.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var content = asForm ? new MultipartFormDataContent { { file, "file", "resnet18.onnx" } } : file;

        using var answer = await server.Http.PostAsync(new Uri("/api/predict-energy/file?device_type=rpi5", UriKind.Relative), content);

        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        using var json = JsonDocument.Parse(body);
        json.RootElement.GetProperty("mode").GetString().ShouldBe("static");
        json.RootElement.GetProperty("device_type").GetString().ShouldBe("raspberry-pi-5");
        json.RootElement.GetProperty("prediction_mwh").GetDouble().ShouldBeGreaterThan(0);
        var inspection = json.RootElement.GetProperty("inspection");
        inspection.GetProperty("params_m").GetDouble().ShouldBe(11.68, 0.05);
        inspection.GetProperty("operators").GetProperty("Conv").GetInt32().ShouldBe(20);
        inspection.GetProperty("inputs")[0].GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()).ShouldBe([1, 3, 224, 224]);
        inspection.GetProperty("complete").GetBoolean().ShouldBeTrue();
        inspection.GetProperty("unresolved").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task PredictFile_NothingThatCouldBeCounted_SaysWhatItIsAboutTheFile()
    {
        var graph = new OperatorGraph().Input("x", 1, 4).Weight("w", 4, 5).Node("com.example:Mystery", "x w", "y").Output("y").Proto;
        using var content = new ByteArrayContent(ModelFile.Bytes(graph));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");

        using var answer = await server.Http.PostAsync(new Uri("/api/predict-energy/file", UriKind.Relative), content);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        json.RootElement.GetProperty("errors").GetProperty("file")[0].GetString().ShouldBe(
            "The model has no convolutions, matrix products or recurrent layers that could be counted, so there is nothing to predict from. "
            + "Not counted: com.example.Mystery: this operator is not known. Give the figures to POST /api/predict-energy instead.");
    }

    // HttpClient would tidy the path up; an attacker does not.
    private async Task<string> RawGetAsync(string target)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", server.Http.BaseAddress!.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }
}
