using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace EnergyManager.Core.Onnx.Runtime;

/// <summary>Copies values into the runtime's memory and out of it.</summary>
internal static class OrtValues
{
    /// <summary>A copy in the runtime's memory. The caller disposes it.</summary>
    /// <exception cref="OnnxRunnerException">The binding cannot make such a value.</exception>
    public static OrtValue ToOrt(OnnxValue value)
    {
        try
        {
            return value switch
            {
                OnnxTensor { ElementType: OnnxElementType.String } text => Text(text),
                OnnxTensor tensor => Tensor(tensor),
                OnnxSequence sequence => Sequence(sequence),
                OnnxMap map => Map(map),
                _ => throw new OnnxRunnerException($"Input '{value.Name}' is an optional value that is not there; the .NET package of ONNX Runtime cannot hand that over."),
            };
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or NotSupportedException)
        {
            throw new OnnxRunnerException($"Input '{value.Name}' cannot be handed over: {exception.Message}", exception);
        }
    }

    /// <summary>A copy that outlives the runtime's value.</summary>
    /// <exception cref="OnnxRunnerException">The binding cannot read such a value.</exception>
    public static OnnxValue FromOrt(string name, OrtValue value)
    {
        switch (value.OnnxType)
        {
            case OnnxValueType.ONNX_TYPE_TENSOR:
                return Tensor(name, value);
            case OnnxValueType.ONNX_TYPE_SEQUENCE:
                return new OnnxSequence(name, [.. Enumerable.Range(0, value.GetValueCount()).Select(i => Part(value, i))]);
            case OnnxValueType.ONNX_TYPE_MAP:
                return new OnnxMap(name, (OnnxTensor)Part(value, 0), (OnnxTensor)Part(value, 1));
            default:
                throw new OnnxRunnerException($"Output '{name}' is of the kind {value.OnnxType}, which cannot be read.");
        }
    }

    /// <summary>How many numbers of a tensor are NaN or infinite; what holds no floating-point numbers has none.</summary>
    public static long CountNonFinite(OrtValue value)
    {
        if (value.OnnxType != OnnxValueType.ONNX_TYPE_TENSOR)
            return 0;
        return value.GetTensorTypeAndShape().ElementDataType switch
        {
            TensorElementType.Float => Count(value.GetTensorDataAsSpan<float>(), float.IsFinite),
            TensorElementType.Double => Count(value.GetTensorDataAsSpan<double>(), double.IsFinite),
            TensorElementType.Float16 => Count(value.GetTensorDataAsSpan<Float16>(), Float16.IsFinite),
            TensorElementType.BFloat16 => Count(value.GetTensorDataAsSpan<BFloat16>(), BFloat16.IsFinite),
            _ => 0,
        };

        static long Count<T>(ReadOnlySpan<T> numbers, Func<T, bool> isFinite)
        {
            var count = 0L;
            foreach (var number in numbers)
                count += isFinite(number) ? 0 : 1;
            return count;
        }
    }

    /// <summary>Disposes what was made so far when one of several cannot be made.</summary>
    public static OrtValue[] All<T>(IReadOnlyList<T> sources, Func<T, OrtValue> make)
    {
        var made = new List<OrtValue>(sources.Count);
        try
        {
            foreach (var source in sources)
                made.Add(make(source));
            return [.. made];
        }
        catch
        {
            foreach (var value in made)
                value.Dispose();
            throw;
        }
    }

    private static OrtValue Tensor(OnnxTensor tensor)
    {
        var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, (TensorElementType)tensor.ElementType, [.. tensor.Shape]);
        if (tensor.Data.Length > 0)
            tensor.Data.Span.CopyTo(value.GetTensorMutableRawData());
        return value;
    }

    private static OrtValue Text(OnnxTensor text)
    {
        var value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, [.. text.Shape]);
        for (var i = 0; i < text.Strings.Count; i++)
            value.StringTensorSetElementAt(text.Strings[i].AsSpan(), i);
        return value;
    }

    // The runtime takes the parts over: they go with the whole.
    private static OrtValue Sequence(OnnxSequence sequence) => OrtValue.CreateSequence([.. All(sequence.Items, ToOrt)]);

    private static OrtValue Map(OnnxMap map)
    {
        var keys = ToOrt(map.Keys);
        var values = ToOrt(map.Values);
        return OrtValue.CreateMap(ref keys, ref values);
    }

    private static OnnxValue Part(OrtValue whole, int index)
    {
        using var part = whole.GetValue(index, OrtAllocator.DefaultInstance);
        return FromOrt("", part);
    }

    private static OnnxTensor Tensor(string name, OrtValue value)
    {
        var info = value.GetTensorTypeAndShape();
        if (info.ElementDataType == TensorElementType.String)
            return new OnnxTensor(name, info.Shape, value.GetStringTensorAsArray());
        var data = info.ElementCount == 0 ? [] : value.GetTensorMutableRawData().ToArray();
        return new OnnxTensor(name, (OnnxElementType)(int)info.ElementDataType, info.Shape, data);
    }
}
