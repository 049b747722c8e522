using MudBlazor;

namespace EnergyManager.Web.Components.Layout;

/// <summary>Colours, type and shape of the dashboard. Contrast of text is AA (4.5 to 1) or better on every surface.</summary>
public static class DashboardTheme
{
    // The visitor's own interface font: nothing is fetched, and Vietnamese diacritics are complete.
    private static readonly string[] SystemFonts =
        ["system-ui", "-apple-system", "Segoe UI", "Noto Sans", "Ubuntu", "Cantarell", "Helvetica Neue", "Arial", "sans-serif"];

    /// <summary>The theme.</summary>
    public static MudTheme Value { get; } = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#0b6b5d",
            PrimaryContrastText = "#ffffff",
            Secondary = "#3a4fb8",
            Background = "#f4f6f8",
            BackgroundGray = "#eceff2",
            Surface = "#ffffff",
            AppbarBackground = "#ffffff",
            AppbarText = "#16212b",
            TextPrimary = "#16212b",
            TextSecondary = "#52606d",
            TextDisabled = "#66727e",
            ActionDefault = "#52606d",
            ActionDisabled = "#66727e",
            ActionDisabledBackground = "#e6eaee",
            LinesDefault = "#e1e6eb",
            LinesInputs = "#8b98a5",
            TableLines = "#e8ecf0",
            TableHover = "#f2f6f6",
            Divider = "#e1e6eb",
            Skeleton = "#e9edf1",
            Success = "#12703a",
            Warning = "#8a5300",
            Error = "#b3261e",
            Info = "#1d5fa8",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#3fc9b0",
            PrimaryContrastText = "#04211c",
            Secondary = "#9fb0ff",
            SecondaryContrastText = "#0c1233",
            Background = "#0d1318",
            BackgroundGray = "#111920",
            Surface = "#151d25",
            AppbarBackground = "#121a21",
            AppbarText = "#e6edf3",
            TextPrimary = "#e6edf3",
            TextSecondary = "#a2b1be",
            TextDisabled = "#8794a1",
            ActionDefault = "#a2b1be",
            ActionDisabled = "#8794a1",
            ActionDisabledBackground = "#232d37",
            LinesDefault = "#26323d",
            LinesInputs = "#5d6c7a",
            TableLines = "#222d37",
            TableHover = "#1a252e",
            Divider = "#26323d",
            Skeleton = "#202b35",
            Success = "#5fd08c",
            SuccessContrastText = "#04210f",
            Warning = "#f0b04a",
            WarningContrastText = "#2a1a00",
            Error = "#ff8a80",
            ErrorContrastText = "#370a06",
            Info = "#7fb8f5",
            InfoContrastText = "#03203d",
        },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "8px" },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = SystemFonts, FontSize = "0.875rem", LineHeight = "1.45", LetterSpacing = "normal" },
            H1 = new H1Typography { FontFamily = SystemFonts },
            H2 = new H2Typography { FontFamily = SystemFonts },
            H3 = new H3Typography { FontFamily = SystemFonts },
            H4 = new H4Typography { FontFamily = SystemFonts },
            H5 = new H5Typography { FontFamily = SystemFonts },
            H6 = new H6Typography { FontFamily = SystemFonts, FontSize = "1.0625rem", FontWeight = "600", LetterSpacing = "normal" },
            Subtitle1 = new Subtitle1Typography { FontFamily = SystemFonts },
            Subtitle2 = new Subtitle2Typography { FontFamily = SystemFonts },
            Body1 = new Body1Typography { FontFamily = SystemFonts, FontSize = "0.875rem", LetterSpacing = "normal" },
            Body2 = new Body2Typography { FontFamily = SystemFonts, FontSize = "0.8125rem", LetterSpacing = "normal" },
            Button = new ButtonTypography { FontFamily = SystemFonts, FontSize = "0.8125rem", FontWeight = "600", LetterSpacing = "normal", TextTransform = "none" },
            Caption = new CaptionTypography { FontFamily = SystemFonts, FontSize = "0.75rem", LetterSpacing = "normal" },
            Overline = new OverlineTypography { FontFamily = SystemFonts },
        },
    };
}
