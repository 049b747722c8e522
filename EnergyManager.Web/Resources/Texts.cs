namespace EnergyManager.Web.Resources;

/// <summary>Anchor of the dashboard's texts: <c>Texts.resx</c> (English) and <c>Texts.vi.resx</c> (Vietnamese).</summary>
public sealed class Texts;
