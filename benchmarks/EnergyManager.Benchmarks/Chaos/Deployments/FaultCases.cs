using static EnergyManager.Benchmarks.Chaos.Deployments.DeploymentFault;

namespace EnergyManager.Benchmarks.Chaos.Deployments;

/// <summary>Every fault in every state.</summary>
internal static class FaultCases
{
    public static readonly IReadOnlyList<string> States = ["requested", "fetching", "offered", "downloading", "verifying", "loading", "warming_up", "checking", "running"];

    public static readonly IReadOnlyList<FaultCase> All = [.. Enum.GetValues<DeploymentFault>().SelectMany(fault => States.Select(state => Of(state, fault)))];

    public static string Title(DeploymentFault fault) => fault switch
    {
        AgentKilled => "Agent killed",
        ServerKilled => "Server killed",
        NetworkCut => "Network cut",
        DiskFull => "Disk of the device full",
        BadChecksum => "Bad checksum",
        CorruptModel => "Corrupt model",
        RuntimeCrash => "Model crashes the runtime",
        OverBudget => "Over budget",
        _ => "Device removed",
    };

    private static FaultCase Of(string state, DeploymentFault fault) => fault switch
    {
        AgentKilled => new(state, fault, "SIGKILL to the agent, which is started again half a second later", "running"),
        ServerKilled => new(state, fault, "SIGKILL to the server, which is started again half a second later", "running"),
        NetworkCut => new(state, fault, "connections are closed and refused for 3 s", "running"),
        DiskFull => DiskIsFull(state),
        BadChecksum => ChecksumIsBad(state),
        CorruptModel => ModelIsCorrupt(state),
        RuntimeCrash => RuntimeDies(state),
        OverBudget => BudgetIsExceeded(state),
        // It has ended: its log stays as it is.
        _ when state == "running" => new(state, fault, "DELETE /api/devices/{id}", "running"),
        _ => new(state, fault, "DELETE /api/devices/{id}", "cancelled", "removed"),
    };

    private static FaultCase DiskIsFull(string state) => state switch
    {
        // Whether the file is on the device already depends on how often the request had to be repeated until it was caught.
        "requested" => new(state, DiskFull, "the agent's disk is filled", "failed", "Free some space"),
        "fetching" or "offered" => new(state, DiskFull, "the agent's disk is filled", "failed", "Not enough space"),
        "downloading" => new(state, DiskFull, "the agent's disk is filled in the middle of the download", "failed", "the disk took no more"),
        "running" => new(state, DiskFull, "the agent's disk is filled", "running"),
        _ => new(state, DiskFull, "the agent's disk is filled", "failed", "cannot write down"),
    };

    private static FaultCase ChecksumIsBad(string state) => state switch
    {
        "requested" => Never(state, BadChecksum, "there is no checksum yet: it is taken from the file that the store has"),
        "fetching" => new(state, BadChecksum, "the hub sends a file that has another SHA-256 than it said", "failed", "SHA-256"),
        "offered" => new(state, BadChecksum, "the file in the server's store is replaced by another of the same size; the store still has the content that was offered", "running"),
        "downloading" => new(state, BadChecksum, "a byte is changed on the way, in every attempt", "failed", "did not arrive intact"),
        "verifying" => new(state, BadChecksum, "the file on the device is damaged while it is read; it is fetched once more", "running"),
        "running" => new(state, BadChecksum, "the file on the device is damaged, and the agent killed and started again", "running", "is damaged"),
        _ => Never(state, BadChecksum, "the checksum has been compared; damage after that is found at the next start of the agent (see running)"),
    };

    private static FaultCase ModelIsCorrupt(string state) => state switch
    {
        "loading" => new(state, CorruptModel, "the file is no model", "failed", "cannot be loaded"),
        "warming_up" => new(state, CorruptModel, "every inference reads beyond the end of a table", "failed", "warm-up failed"),
        "checking" => new(state, CorruptModel, "the model computes NaN", "failed", "NaN"),
        "running" => Never(state, CorruptModel, "the model is in memory; the file is looked at at the next start (see bad checksum)"),
        _ => Never(state, CorruptModel, "nothing executes the file before it is loaded: formats that this agent cannot execute are delivered too"),
    };

    private static FaultCase RuntimeDies(string state) => state switch
    {
        "loading" or "warming_up" or "checking" => new(state, RuntimeCrash, "SIGSEGV to the process that runs the model", "failed", "signal 11 (segmentation fault)"),
        "running" => new(state, RuntimeCrash, "SIGSEGV to every process that runs the model", "rolled_back", "signal 11 (segmentation fault)"),
        _ => Never(state, RuntimeCrash, "nothing executes the file before it is loaded"),
    };

    private static FaultCase BudgetIsExceeded(string state) => state switch
    {
        "requested" => new(state, OverBudget, "the prediction is above the budget, which is not overridden", "refused", "over the budget"),
        "checking" => new(state, OverBudget, "the health check measures more than the budget that the prediction was within", "failed", "the budget of"),
        "running" => new(state, OverBudget, "the measured energy rises above the budget and stays there for the window of 3 s", "rolled_back", "the budget of"),
        _ => Never(state, OverBudget, "the budget is compared with the prediction at the request, and with what is measured in checking and running"),
    };

    private static FaultCase Never(string state, DeploymentFault fault, string why) => new(state, fault, why, End: null);
}
