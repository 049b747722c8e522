using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using EnergyManager.Agent.LocalApi;
using EnergyManager.Core.Onnx.Runtime;

namespace EnergyManager.Agent.Inference.Predictions;

/// <summary>
/// Tensors as JSON, in and out: <c>{"inputs":[{"name":"x","shape":[1,3],"type":"float","data":[1,2,3]}]}</c>. Data may be nested
/// or flat, in row-major order; or <c>data_base64</c> holds the little-endian bytes. The type may be left out, and the name where
/// the model has one input only.
/// </summary>
internal static class PredictionJson
{
    /// <summary>Reads the inputs of a request.</summary>
    /// <exception cref="LocalProblemException">The body is not of this form; the field is named.</exception>
    public static IReadOnlyList<OnnxTensor> Read(JsonElement body, ModelSignature signature)
    {
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("inputs", out var inputs) || inputs.ValueKind != JsonValueKind.Array)
            throw LocalProblemException.OfField("inputs", $"is missing; send {{\"inputs\":[{{\"name\":...,\"shape\":[...],\"data\":[...]}}]}} for: {string.Join("; ", signature.Inputs)}.");
        return [.. inputs.EnumerateArray().Select((input, i) => Input(input, $"inputs[{i}]", signature))];
    }

    /// <summary>Writes what a prediction gave.</summary>
    public static byte[] Write(ActiveModel model, Prediction prediction)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("model", model.Model);
            json.WriteString("deployment_id", model.DeploymentId);
            json.WriteNumber("latency_ms", Math.Round(prediction.Latency.TotalMilliseconds, 4));
            json.WriteStartArray("outputs");
            foreach (var output in prediction.Outputs)
                Write(json, output);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static OnnxTensor Input(JsonElement input, string field, ModelSignature signature)
    {
        if (input.ValueKind != JsonValueKind.Object)
            throw LocalProblemException.OfField(field, "must be an object with shape and data.");
        var name = Text(input, "name", field) ?? (signature.Inputs is [var only] ? only.Name : throw LocalProblemException.OfField($"{field}.name", "is missing; the model has several inputs."));
        var declared = signature.Inputs.FirstOrDefault(i => i.Name == name)
            ?? throw LocalProblemException.OfField($"{field}.name", $"is '{name}', which is no input of this model; it takes: {string.Join("; ", signature.Inputs)}.");
        var typeName = Text(input, "type", field) ?? declared.ElementType;
        if (!OnnxElementTypes.ByName.TryGetValue(typeName, out var type))
            throw LocalProblemException.OfField($"{field}.type", $"is '{typeName}'; it must be {declared.ElementType}.");
        var shape = Shape(input, field);
        try
        {
            if (input.TryGetProperty("data_base64", out var base64))
            {
                return base64.ValueKind == JsonValueKind.String && base64.TryGetBytesFromBase64(out var bytes)
                    ? new OnnxTensor(name, type, shape, bytes)
                    : throw LocalProblemException.OfField($"{field}.data_base64", "must be base64 of the elements' little-endian bytes.");
            }
            if (!input.TryGetProperty("data", out var data))
                throw LocalProblemException.OfField($"{field}.data", "is missing.");
            var elements = new List<JsonElement>();
            Flatten(data, elements);
            return type == OnnxElementType.String
                ? new OnnxTensor(name, shape, [.. elements.Select(e => e.ValueKind == JsonValueKind.String ? e.GetString()! : throw new FormatException($"{e} is no text"))])
                : new OnnxTensor(name, type, shape, Bytes(type, elements));
        }
        catch (ArgumentException exception)
        {
            throw LocalProblemException.OfField($"{field}.shape", exception.Message);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException or InvalidOperationException)
        {
            throw LocalProblemException.OfField($"{field}.data", $"holds what is no {type.Name()}: {exception.Message}");
        }
    }

    private static long[] Shape(JsonElement input, string field)
    {
        if (!input.TryGetProperty("shape", out var shape) || shape.ValueKind != JsonValueKind.Array)
            throw LocalProblemException.OfField($"{field}.shape", "is missing; send the dimensions, for example [1,3,224,224].");
        return [.. shape.EnumerateArray().Select(size => size.ValueKind == JsonValueKind.Number && size.TryGetInt64(out var value) && value >= 0
            ? value
            : throw LocalProblemException.OfField($"{field}.shape", $"has {size.GetRawText()}; every dimension must be a whole number, 0 or more."))];
    }

    private static string? Text(JsonElement input, string name, string field) => !input.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null
        ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw LocalProblemException.OfField($"{field}.{name}", "must be text.");

    // The reader bounds the depth of a document, and with it this recursion.
    private static void Flatten(JsonElement data, List<JsonElement> elements)
    {
        if (data.ValueKind != JsonValueKind.Array)
        {
            elements.Add(data);
            return;
        }
        foreach (var inner in data.EnumerateArray())
            Flatten(inner, elements);
    }

    private static byte[] Bytes(OnnxElementType type, List<JsonElement> elements) => type switch
    {
        OnnxElementType.Float => Bytes(elements, static e => (float)Number(e)),
        OnnxElementType.Double => Bytes(elements, Number),
        OnnxElementType.Float16 => Bytes(elements, static e => (Half)Number(e)),
        OnnxElementType.BFloat16 => Bytes(elements, static e => (ushort)(BitConverter.SingleToUInt32Bits((float)Number(e)) >> 16)),
        OnnxElementType.Int8 => Bytes(elements, static e => e.GetSByte()),
        OnnxElementType.UInt8 => Bytes(elements, static e => e.GetByte()),
        OnnxElementType.Int16 => Bytes(elements, static e => e.GetInt16()),
        OnnxElementType.UInt16 => Bytes(elements, static e => e.GetUInt16()),
        OnnxElementType.Int32 => Bytes(elements, static e => e.GetInt32()),
        OnnxElementType.UInt32 => Bytes(elements, static e => e.GetUInt32()),
        OnnxElementType.Int64 => Bytes(elements, static e => e.GetInt64()),
        OnnxElementType.UInt64 => Bytes(elements, static e => e.GetUInt64()),
        OnnxElementType.Bool => Bytes(elements, static e => e.GetBoolean() ? (byte)1 : (byte)0),
        _ => throw new FormatException("send the bytes as data_base64"),
    };

    private static byte[] Bytes<T>(List<JsonElement> elements, Func<JsonElement, T> convert) where T : unmanaged
    {
        var values = new T[elements.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = convert(elements[i]);
        return MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
    }

    /// <summary>A number, or one of the three that JSON has no number for, as text.</summary>
    private static double Number(JsonElement element) => element.ValueKind == JsonValueKind.String
        ? element.GetString() switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            var text => throw new FormatException($"'{text}' is no number"),
        }
        : element.GetDouble();

    private static void Write(Utf8JsonWriter json, OnnxTensor tensor)
    {
        json.WriteStartObject();
        json.WriteString("name", tensor.Name);
        json.WriteString("type", tensor.ElementType.Name());
        json.WriteStartArray("shape");
        foreach (var size in tensor.Shape)
            json.WriteNumberValue(size);
        json.WriteEndArray();
        if (WriterOf(tensor.ElementType) is { } writer)
        {
            json.WriteStartArray("data");
            writer(json, tensor);
            json.WriteEndArray();
        }
        else
        {
            json.WriteBase64String("data_base64", tensor.Data.Span);
        }
        json.WriteEndObject();
    }

    private static Action<Utf8JsonWriter, OnnxTensor>? WriterOf(OnnxElementType type) => type switch
    {
        OnnxElementType.Float => static (json, t) => Each<float>(t, v => Real(json, v, static (j, x) => j.WriteNumberValue((float)x))),
        OnnxElementType.Double => static (json, t) => Each<double>(t, v => Real(json, v, static (j, x) => j.WriteNumberValue(x))),
        OnnxElementType.Float16 => static (json, t) => Each<Half>(t, v => Real(json, (double)v, static (j, x) => j.WriteNumberValue((float)x))),
        OnnxElementType.BFloat16 => static (json, t) => Each<ushort>(t, v => Real(json, BitConverter.UInt32BitsToSingle((uint)v << 16), static (j, x) => j.WriteNumberValue((float)x))),
        OnnxElementType.Int8 => static (json, t) => Each<sbyte>(t, v => json.WriteNumberValue(v)),
        OnnxElementType.UInt8 => static (json, t) => Each<byte>(t, v => json.WriteNumberValue(v)),
        OnnxElementType.Int16 => static (json, t) => Each<short>(t, v => json.WriteNumberValue(v)),
        OnnxElementType.UInt16 => static (json, t) => Each<ushort>(t, v => json.WriteNumberValue(v)),
        OnnxElementType.Int32 => static (json, t) => Each<int>(t, v => json.WriteNumberValue(v)),
        OnnxElementType.UInt32 => static (json, t) => Each<uint>(t, v => json.WriteNumberValue(v)),
        OnnxElementType.Int64 => static (json, t) => Each<long>(t, v => json.WriteNumberValue(v)),
        OnnxElementType.UInt64 => static (json, t) => Each<ulong>(t, v => json.WriteNumberValue(v)),
        OnnxElementType.Bool => static (json, t) => Each<byte>(t, v => json.WriteBooleanValue(v != 0)),
        OnnxElementType.String => static (json, t) =>
        {
            foreach (var text in t.Strings)
                json.WriteStringValue(text);
        }
        ,
        _ => null,
    };

    private static void Each<T>(OnnxTensor tensor, Action<T> write) where T : unmanaged
    {
        foreach (var value in tensor.As<T>())
            write(value);
    }

    private static void Real(Utf8JsonWriter json, double value, Action<Utf8JsonWriter, double> write)
    {
        if (double.IsFinite(value))
            write(json, value);
        else
            json.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
    }
}
