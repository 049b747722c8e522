namespace EnergyManager.Web.Api.Http;

/// <summary>A request that cannot be read at all: the rest of the endpoint makes no sense without it.</summary>
internal sealed class ApiRequestException(int statusCode, string fieldName, string message) : Exception(message)
{
    public int StatusCode => statusCode;

    /// <summary>Field to mend, in snake_case; <c>body</c> for the body as a whole.</summary>
    public string Field => fieldName;
}
