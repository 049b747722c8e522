using System.Globalization;
using System.Text.Json.Nodes;

namespace EnergyManager.Benchmarks.Balena;

/// <summary>The query cannot be parsed: the API answers 400 with this as a JSON text.</summary>
public sealed class ODataSyntaxException(string message) : Exception(message);

/// <summary>A field that no resource has: the API answers 500 without a body.</summary>
public sealed class ODataUnknownFieldException(string field) : Exception(field);

/// <summary>
/// A <c>$filter</c> of the kind that the API takes: <c>eq ne gt ge lt le</c>, <c>and or not</c>, parentheses, and
/// <c>link/any(a:a/field eq 'text')</c>. Anything else is refused.
/// </summary>
internal sealed class ODataFilter
{
    private static readonly string[] Comparisons = ["eq", "ne", "gt", "ge", "lt", "le"];

    private readonly string _text;
    private readonly Resource _root;
    private readonly Dictionary<string, Resource> _aliases = new(StringComparer.Ordinal);
    private int _at;

    private ODataFilter(string text, Resource root) => (_text, _root) = (text, root);

    private delegate bool Test(Scope scope);

    private delegate JsonNode? Operand(Scope scope);

    public static Func<JsonObject, bool> Parse(string text, Resource root)
    {
        var parser = new ODataFilter(text, root);
        var test = parser.Or();
        parser.Space();
        if (parser._at != text.Length)
            throw parser.Wrong("end");
        return row => test(new Scope(row, null, null));
    }

    private Test Or()
    {
        var left = And();
        while (TakeWord("or"))
        {
            var (one, other) = (left, And());
            left = scope => one(scope) || other(scope);
        }

        return left;
    }

    private Test And()
    {
        var left = Term();
        while (TakeWord("and"))
        {
            var (one, other) = (left, Term());
            left = scope => one(scope) && other(scope);
        }

        return left;
    }

    private Test Term()
    {
        Space();
        if (TakeWord("not"))
        {
            var inner = Term();
            return scope => !inner(scope);
        }

        if (Take('('))
        {
            var inner = Or();
            Expect(')');
            return inner;
        }

        var start = _at;
        if (TryAny() is { } any)
            return any;
        _at = start;
        var left = Value();
        Space();
        var comparison = Array.Find(Comparisons, TakeWord);
        if (comparison is null)
            return scope => left(scope) is JsonValue value && value.TryGetValue<bool>(out var truth) && truth;
        var right = Value();
        return scope => Compare(left(scope), comparison, right(scope));
    }

    // belongs_to__application/any(a:a/slug eq 'org/fleet'), is_directly_accessible_by__user/any(dau:true)
    private Test? TryAny()
    {
        if (Name() is not { } link || !Take('/') || !TakeWord("any") || !Take('('))
            return null;
        var target = _root.Links.GetValueOrDefault(link) ?? throw new ODataUnknownFieldException(link);
        var alias = Name() ?? throw Wrong("alias");
        Expect(':');
        _aliases[alias] = target;
        var test = TakeWord("true") ? _ => true : Or();
        Expect(')');
        _aliases.Remove(alias);
        return scope => target.Find(scope.Row[link]) is { } linked && test(new Scope(scope.Row, alias, linked));
    }

    private Operand Value()
    {
        Space();
        if (_at < _text.Length && _text[_at] == '\'')
        {
            var text = Quoted();
            return _ => JsonValue.Create(text);
        }

        if (_at < _text.Length && (char.IsAsciiDigit(_text[_at]) || _text[_at] == '-'))
        {
            var start = _at++;
            while (_at < _text.Length && (char.IsAsciiDigit(_text[_at]) || _text[_at] == '.'))
                _at++;
            var number = double.TryParse(_text.AsSpan(start, _at - start), CultureInfo.InvariantCulture, out var parsed) ? parsed : throw Wrong("number");
            return _ => JsonValue.Create(number);
        }

        var name = Name() ?? throw Wrong("value");
        if (name is "true" or "false")
            return _ => JsonValue.Create(name == "true");
        if (name == "null")
            return _ => null;
        if (!Take('/'))
        {
            _root.Check(name);
            return scope => scope.Row[name];
        }

        var field = Name() ?? throw Wrong("field");
        var resource = _aliases.GetValueOrDefault(name);
        if (resource is not null)
        {
            resource.Check(field);
            return scope => scope.Alias == name ? scope.Linked?[field] : null;
        }

        var linkedTo = _root.Links.GetValueOrDefault(name) ?? throw new ODataUnknownFieldException(name);
        linkedTo.Check(field);
        return scope => linkedTo.Find(scope.Row[name])?[field];
    }

    private static bool Compare(JsonNode? left, string comparison, JsonNode? right)
    {
        if (left is null || right is null)
            return comparison switch { "eq" => left is null && right is null, "ne" => left is null != right is null, _ => false };
        var order = Order(left.AsValue(), right.AsValue());
        return comparison switch
        {
            "eq" => order == 0,
            "ne" => order != 0,
            "gt" => order > 0,
            "ge" => order >= 0,
            "lt" => order < 0,
            _ => order <= 0,
        };
    }

    public static int Order(JsonValue left, JsonValue right) =>
        Number(left) is { } a && Number(right) is { } b ? a.CompareTo(b) : string.CompareOrdinal(left.ToString(), right.ToString());

    private static double? Number(JsonValue value) =>
        value.TryGetValue<double>(out var number) ? number : value.TryGetValue<long>(out var whole) ? whole : value.TryGetValue<int>(out var small) ? small : null;

    private string Quoted()
    {
        var text = new System.Text.StringBuilder();
        for (_at++; _at < _text.Length; _at++)
        {
            if (_text[_at] != '\'')
                text.Append(_text[_at]);
            else if (_at + 1 < _text.Length && _text[_at + 1] == '\'')
                text.Append(_text[_at++]);
            else
            {
                _at++;
                return text.ToString();
            }
        }

        throw Wrong("'");
    }

    private string? Name()
    {
        Space();
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] == '_'))
            _at++;
        return _at > start ? _text[start.._at] : null;
    }

    private bool TakeWord(string word)
    {
        Space();
        var end = _at + word.Length;
        if (string.CompareOrdinal(_text, _at, word, 0, word.Length) != 0 || (end < _text.Length && (char.IsAsciiLetterOrDigit(_text[end]) || _text[end] is '_' or '/')))
            return false;
        _at = end;
        return true;
    }

    private bool Take(char c)
    {
        if (_at >= _text.Length || _text[_at] != c)
            return false;
        _at++;
        return true;
    }

    private void Expect(char c)
    {
        Space();
        if (!Take(c))
            throw Wrong(c.ToString());
    }

    private void Space()
    {
        while (_at < _text.Length && _text[_at] == ' ')
            _at++;
    }

    private ODataSyntaxException Wrong(string expected) => new($"Malformed filter at {_at}: expected {expected}");

    private sealed record Scope(JsonObject Row, string? Alias, JsonObject? Linked);
}
