namespace EnergyManager.Agent.LocalApi;

/// <summary>
/// The routes of the local interface: fixed paths, a handful. A table does for them what the framework's routing would need
/// another megabyte for.
/// </summary>
public sealed class LocalRoutes
{
    private readonly SortedDictionary<string, Dictionary<string, LocalRoute>> _paths = new(StringComparer.Ordinal);

    /// <summary>Every path that is served, in order.</summary>
    public IEnumerable<string> Paths => _paths.Keys;

    public LocalRoutes Get(string path, RequestDelegate handler) => Add(HttpMethods.Get, path, maximumBodyBytes: 0, handler);

    public LocalRoutes Delete(string path, RequestDelegate handler) => Add(HttpMethods.Delete, path, maximumBodyBytes: 0, handler);

    /// <summary>Serves POST.</summary>
    /// <param name="path">The path.</param>
    /// <param name="maximumBodyBytes">Largest body that is read; a longer one is answered with 413.</param>
    /// <param name="handler">Answers.</param>
    public LocalRoutes Post(string path, long maximumBodyBytes, RequestDelegate handler) => Add(HttpMethods.Post, path, maximumBodyBytes, handler);

    /// <summary>The route of a request.</summary>
    /// <exception cref="LocalProblemException">There is no such path, or it does not know this method.</exception>
    public LocalRoute Find(HttpRequest request)
    {
        if (!_paths.TryGetValue(request.Path.Value ?? "", out var methods))
            throw new LocalProblemException(StatusCodes.Status404NotFound, $"There is no such path. There are {string.Join(", ", Paths)}.");
        if (methods.TryGetValue(request.Method, out var route))
            return route;
        request.HttpContext.Response.Headers.Allow = string.Join(", ", methods.Keys);
        throw new LocalProblemException(StatusCodes.Status405MethodNotAllowed, $"{request.Path} knows {string.Join(", ", methods.Keys)}.");
    }

    private LocalRoutes Add(string method, string path, long maximumBodyBytes, RequestDelegate handler)
    {
        if (!_paths.TryGetValue(path, out var methods))
            _paths.Add(path, methods = new Dictionary<string, LocalRoute>(StringComparer.Ordinal));
        methods.Add(method, new LocalRoute(maximumBodyBytes, handler));
        return this;
    }
}

/// <summary>What answers one method of one path.</summary>
/// <param name="MaximumBodyBytes">Largest body that is read.</param>
/// <param name="Handler">Answers.</param>
public sealed record LocalRoute(long MaximumBodyBytes, RequestDelegate Handler);
