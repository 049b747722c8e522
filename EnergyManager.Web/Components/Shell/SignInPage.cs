using System.Text.Encodings.Web;
using EnergyManager.Web.Components.Layout;

namespace EnergyManager.Web.Components.Shell;

/// <summary>What a person on another machine sees first.</summary>
internal static class SignInPage
{
    /// <summary>The page as HTML.</summary>
    /// <param name="action">Where the form goes, not encoded.</param>
    /// <param name="hidden">Fields that go with it, not encoded.</param>
    /// <param name="problem">Why nobody was signed in.</param>
    /// <param name="request">Who asks.</param>
    public static string Write(string action, IReadOnlyDictionary<string, string> hidden, SignInProblem problem, HttpRequest request)
    {
        var message = problem switch
        {
            SignInProblem.NoPassword => PlainPage.Text("SignIn_NoPassword"),
            SignInProblem.WrongPassword => PlainPage.Text("SignIn_Wrong"),
            SignInProblem.OldForm => PlainPage.Text("SignIn_OldForm"),
            SignInProblem.TooManyAttempts => PlainPage.Text("SignIn_TooMany"),
            _ => "",
        };
        return PlainPage.Write(DashboardLanguages.Current.Culture, PlainPage.Text("SignIn_Title"), $"""
            <form method="post" action="{Encode(action)}">
            <h1>EnergyManager</h1>
            <label for="password">{PlainPage.Text("SignIn_Password")}</label>
            <input id="password" name="password" type="password" autocomplete="current-password" required autofocus aria-describedby="message"{(problem == SignInProblem.WrongPassword ? " aria-invalid=\"true\"" : "")}>
            {string.Concat(hidden.Select(field => $"<input type=\"hidden\" name=\"{Encode(field.Key)}\" value=\"{Encode(field.Value)}\">"))}
            <button type="submit">{PlainPage.Text("SignIn_Title")}</button>
            <p id="message" role="alert">{message}</p>
            </form>
            """, request: request);
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}

/// <summary>Why nobody was signed in.</summary>
internal enum SignInProblem
{
    None,
    NoPassword,
    WrongPassword,

    /// <summary>The form was not written for this visit: its page stood open while somebody signed in or the server lost its keys.</summary>
    OldForm,

    /// <summary>More than are allowed in a minute.</summary>
    TooManyAttempts,
}
