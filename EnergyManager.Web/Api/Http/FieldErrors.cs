namespace EnergyManager.Web.Api.Http;

/// <summary>What is wrong with a request, by snake_case field: everything at once, so that a caller mends it in one go.</summary>
internal sealed class FieldErrors
{
    /// <summary>A batch of 1,000 broken items needs no 1,000 messages.</summary>
    private const int MaximumFields = 50;

    private readonly Dictionary<string, List<string>> _messages = new(StringComparer.Ordinal);

    public bool Any => _messages.Count > 0;

    public void Add(string field, string message)
    {
        if (_messages.TryGetValue(field, out var messages))
            messages.Add(message);
        else if (_messages.Count < MaximumFields)
            _messages[field] = [message];
    }

    public Dictionary<string, string[]> ToDictionary() =>
        _messages.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray(), StringComparer.Ordinal);
}
