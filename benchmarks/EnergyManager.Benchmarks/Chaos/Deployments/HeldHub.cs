using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace EnergyManager.Benchmarks.Chaos.Deployments;

/// <summary>
/// A hub on loopback that has every model as one ONNX file and keeps a download waiting until it is told to go on. It may say
/// another hash than that of the file.
/// </summary>
internal sealed class HeldHub : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, Held> _held = new(StringComparer.OrdinalIgnoreCase);
    private readonly byte[] _file;

    private HeldHub(byte[] file, int port)
    {
        _file = file;
        Address = new Uri($"http://127.0.0.1:{port}/");
        _listener.Prefixes.Add(Address.ToString());
    }

    public Uri Address { get; }

    public static HeldHub Start(byte[] file)
    {
        while (true)
        {
            var hub = new HeldHub(file, Random.Shared.Next(20_000, 32_000));
            try
            {
                hub._listener.Start();
                _ = hub.AcceptAsync();
                return hub;
            }
            catch (HttpListenerException)
            {
                hub.Dispose();
            }
        }
    }

    /// <summary>Keeps downloads of a model waiting.</summary>
    /// <param name="model">The model.</param>
    /// <param name="wrongHash">Whether the hub says another hash than that of the file.</param>
    public Held Hold(string model, bool wrongHash) => _held[model] = new Held(wrongHash);

    public void Dispose() => _listener.Close();

    private async Task AcceptAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                _ = Task.Run(() => AnswerAsync(context));
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            await AnswerAsync(context.Request.Url!.AbsolutePath, context.Response);
            context.Response.Close();
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            // Whoever asked is gone.
        }
    }

    private async Task AnswerAsync(string path, HttpListenerResponse response)
    {
        // /api/models, /api/models/onnx-community/<name>[.<tag>], /onnx-community/<name>[.<tag>]/resolve/<revision>/onnx/model.onnx
        var parts = path.Trim('/').Split('/');
        if (parts is ["api", "models"])
        {
            Json(response, Array.Empty<object>());
        }
        else if (parts is ["api", "models", "onnx-community", var id] && Find(id) is { } model)
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(model.WrongHash ? [0] : _file));
            Json(response, new { id = $"onnx-community/{id}", sha = "1", siblings = new[] { new { rfilename = "onnx/model.onnx", size = _file.Length, lfs = new { sha256 = hash } } } });
        }
        else if (parts is ["onnx-community", var name, "resolve", ..] && Find(name) is { } held)
        {
            await held.Released;
            response.ContentLength64 = _file.Length;
            await response.OutputStream.WriteAsync(_file);
        }
        else
        {
            response.StatusCode = 404;
        }
    }

    private Held? Find(string name) => _held.FirstOrDefault(h => name.Equals(h.Key, StringComparison.OrdinalIgnoreCase) || name.StartsWith(h.Key + ".", StringComparison.OrdinalIgnoreCase)).Value;

    private static void Json(HttpListenerResponse response, object value)
    {
        response.ContentType = "application/json";
        response.OutputStream.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(value)));
    }

    /// <summary>A model whose download waits.</summary>
    internal sealed class Held(bool wrongHash)
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool WrongHash => wrongHash;

        public Task Released => _released.Task;

        public void Release() => _released.TrySetResult();
    }
}
