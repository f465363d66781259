"""Rules about the ways tokens take: reachability, joins, loops."""

from collections.abc import Mapping

from engine.domain.rules.rule import Rule, refused, warning

RULES: Mapping[str, Rule] = {
    "unreachable": refused(
        "Expected a way from the start to '{subject}', but there is none.",
        "从开始事件应能到达“{subject}”，但无路可达。",
        "Connect it, or delete it.",
        "请连接它，或删除它。",
    ),
    "deadlock": refused(
        "Expected '{subject}' to get all the tokens it waits for, but after {way} it waits for"
        " ever for the flow from '{flow}'.",
        "“{subject}”应能等到所有分支，但经过 {way} 之后，将永远等待来自“{flow}”的连线。",
        "Merge alternative branches with an exclusive gateway, optional ones with an inclusive"
        " gateway; let every parallel branch end at its join.",
        "二选一的分支请用排他网关合并，可选的分支请用包容网关合并；并行分支均应到达其汇聚网关。",
        "BPMN 2.0.2, 13.4.1",
    ),
    "join-never": refused(
        "Expected every flow into '{subject}' to bring a token, but the one from '{flow}' can only"
        " do so after '{subject}' itself.",
        "“{subject}”的每条入线都应能先到达，但来自“{flow}”的连线只有在“{subject}”通过之后才会到达。",
        "Lead the way back to an exclusive gateway before it.",
        "请将返回的连线接到它之前的排他网关。",
        "BPMN 2.0.2, 13.4.1",
    ),
    "merge-repeats": warning(
        "Parallel branches meet at '{subject}' without being joined, so it and what follows is"
        " done once for each of them.",
        "并行分支在“{subject}”相遇但未汇聚，因此它及其后的步骤会对每个分支各执行一次。",
        "Join them with a parallel gateway before it, if that is not meant.",
        "如非本意，请在其前用并行网关汇聚。",
        "BPMN 2.0.2, 13.4.2",
    ),
    "tokens-multiply": warning(
        "Each time round the loop through '{subject}' leaves another branch running, without end.",
        "每次经过“{subject}”所在的循环都会多出一个并行分支，数量没有上限。",
        "Join the branches inside the loop, or lead out of it before they split.",
        "请在循环内汇聚这些分支，或在拆分之前离开循环。",
    ),
    "join-mixes": warning(
        "The way to '{subject}' may be gone several times at once, because the event it begins"
        " with interrupts nothing; '{subject}' may then join branches of different times.",
        "通往“{subject}”的路径始于不中断的事件，可能同时被多次执行；“{subject}”可能会把不同次的"
        "分支汇聚在一起。",
        "Put what follows the event into a sub-process.",
        "请将该事件之后的步骤放入一个子流程。",
        "BPMN 2.0.2, 13.4.1",
    ),
    "soundness-unproven": warning(
        "'{subject}' is too entangled to prove that no branch waits for ever: the limit is"
        " {limit} nodes or states.",
        "“{subject}”的分支过于交错，超出 {limit} 个节点或状态的上限，无法证明不会有分支永远等待。",
        "Draw parts of it as sub-processes.",
        "请将其中部分绘制为子流程。",
    ),
    "loop-without-wait": refused(
        "Expected the loop {way} to wait somewhere or to change what its conditions read, but it"
        " does neither and would go round for ever.",
        "循环 {way} 应在某处等待，或改变其条件所用的变量，但都没有，将无限循环。",
        "Put a task, timer or message on it, or let a script on it change the condition.",
        "请在循环中加入任务、定时器或消息，或用脚本改变其条件。",
    ),
    "loop-unattended": warning(
        "The loop {way} is gone through within one step, without a person, timer or message.",
        "循环 {way} 会在一步之内反复执行，其间没有人工、定时器或消息。",
        "See that its condition ends it; more than 20,000 rounds stop with an incident.",
        "请确认其条件会使循环结束；超过 20,000 步将停止并产生异常。",
    ),
}
