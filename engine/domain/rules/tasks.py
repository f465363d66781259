"""Rules about tasks, messages, calls and repetition."""

from collections.abc import Mapping

from engine.domain.rules.rule import Rule, refused, warning

RULES: Mapping[str, Rule] = {
    "service-without-topic": refused(
        "Expected the service task '{subject}' to have a topic, but it has none.",
        "服务任务“{subject}”应有 topic，但没有。",
        "Make it an external task and name its topic.",
        "请设为外部任务并填写 topic。",
    ),
    "service-implementation": refused(
        "Expected an external task or an expression, but '{subject}' uses {kind}.",
        "“{subject}”应为外部任务或表达式，但使用了 {kind}。",
        "Make it an external task; Java classes do not exist here.",
        "请改为外部任务；此处不存在 Java 类。",
    ),
    "message-missing": refused(
        "Expected '{subject}' to name a message, but it does not.",
        "“{subject}”应指定消息，但没有。",
        "Choose the message in its properties.",
        "请在属性中选择消息。",
    ),
    "called-missing": refused(
        "Expected '{subject}' to name the process it calls, but it does not.",
        "调用活动“{subject}”应指定被调用流程，但没有。",
        "Fill in the called element.",
        "请填写被调用的流程。",
    ),
    "called-unknown": refused(
        "Expected the process '{key}' called by '{subject}', but it is neither deployed nor here.",
        "“{subject}”调用的流程“{key}”应已发布或在本次部署中，但都不是。",
        "Deploy the called process too, or correct the name.",
        "请一并部署被调用流程，或更正名称。",
    ),
    "called-binding": refused(
        "Expected '{subject}' to call the newest version, but it asks for '{binding}'.",
        "“{subject}”应调用最新版本，但要求绑定“{binding}”。",
        "Set the binding to latest.",
        "请将绑定设为 latest。",
    ),
    "called-empty-handed": warning(
        "'{subject}' passes no variables to the process it calls.",
        "“{subject}”没有向被调用流程传递变量。",
        "Map the variables it needs under In mappings.",
        "请在输入映射中传递所需的变量。",
    ),
    "loop-endless": refused(
        "Expected '{subject}' to stop repeating, but it has no condition, number or collection.",
        "“{subject}”的循环应能结束，但没有条件、次数或集合。",
        "Give it a condition, a number or a collection.",
        "请填写条件、次数或集合。",
    ),
    "loop-twofold": refused(
        "Expected '{subject}' to repeat for a collection or a number of times, but it says both.",
        "“{subject}”应按集合或按次数重复，但两者都有。",
        "Remove one of them.",
        "请删除其中一个。",
        "BPMN 2.0.2, 10.3.8",
    ),
    "loop-maximum": refused(
        "Expected the most rounds of '{subject}' to be a whole number from 1, but it is "
        "'{maximum}'.",
        "“{subject}”的最大循环次数应为不小于 1 的整数，但实际是“{maximum}”。",
        "Enter a number; what is computed belongs into the loop condition.",
        "请填写数字；需要计算的内容请写入循环条件。",
        "BPMN 2.0.2, 10.3.8",
    ),
    "loop-behavior": refused(
        "Expected the instances of '{subject}' to complete silently, but they throw events.",
        "“{subject}”的各个实例完成时不应抛出事件，但设置了抛出事件。",
        "Remove the behavior, and draw the events inside a sub-process that repeats.",
        "请删除该设置，并在重复执行的子流程内绘制这些事件。",
        "BPMN 2.0.2, 10.3.8",
    ),
    "quantity": refused(
        "Expected one token at a time at '{subject}', but its {name} is '{quantity}'.",
        "“{subject}”每次应只处理一个令牌，但其 {name} 为“{quantity}”。",
        "Remove the quantity; use a multi-instance activity or a gateway instead.",
        "请删除该数量，改用多实例活动或网关。",
        "BPMN 2.0.2, table 10.3",
    ),
    "instantiates": refused(
        "Expected '{subject}' to wait inside a process, but it is to begin one.",
        "“{subject}”应在流程内等待，但被设为启动流程。",
        "Begin the process with a message start event.",
        "请用消息开始事件启动流程。",
        "BPMN 2.0.2, 13.3.3",
    ),
    "gateway-parallel-events": refused(
        "Expected the first event behind '{subject}' to decide, but all of them are awaited.",
        "“{subject}”之后应由最先发生的事件决定走向，但被设为等待全部事件。",
        "Make it exclusive, or use a parallel gateway with the events behind it.",
        "请改为排他类型，或改用并行网关并在其后放置这些事件。",
        "BPMN 2.0.2, 10.6.6",
    ),
    "event-interrupts": refused(
        "Expected '{subject}' to interrupt, as errors and cancellation always do, but it is drawn "
        "as not interrupting.",
        "错误和取消事件总是中断的，“{subject}”应为中断事件，但画为非中断事件。",
        "Draw it as interrupting, or use an escalation event.",
        "请将其画为中断事件，或改用升级事件。",
        "BPMN 2.0.2, 10.5.4 and table 10.93",
    ),
    "decision-mapping": refused(
        "Expected '{subject}' to map its result in a known way, but it asks for '{mapping}'.",
        "“{subject}”应使用已知的结果映射方式，但指定了“{mapping}”。",
        "Use singleEntry, singleResult, collectEntries or resultList.",
        "请使用 singleEntry、singleResult、collectEntries 或 resultList。",
    ),
    "compensation-handler": refused(
        "Expected '{subject}' to be joined with one activity by an association, but there are "
        "{count}.",
        "补偿事件“{subject}”应通过关联恰好连接一个补偿活动，但有 {count} 个。",
        "Draw one association from the event to the activity that undoes the work.",
        "请从该事件画一条关联到执行撤销工作的活动。",
        "BPMN 2.0.2, 10.7.1",
    ),
    "compensation-unmarked": refused(
        "Expected '{handler}', which '{subject}' leads to, to be marked for compensation, but it "
        "is not.",
        "“{subject}”所连接的“{handler}”应标记为补偿活动，但没有。",
        "Mark the activity for compensation.",
        "请将该活动标记为补偿活动。",
        "BPMN 2.0.2, 10.7.1",
    ),
    "compensation-unjoined": refused(
        "Expected the activity for compensation '{subject}' to undo another one, but no "
        "compensation event is joined with it.",
        "补偿活动“{subject}”应用于撤销某个活动，但没有补偿事件与它关联。",
        "Draw an association from a compensation event to it, or remove the mark.",
        "请从补偿事件画一条关联到它，或取消补偿标记。",
        "BPMN 2.0.2, 10.7.1",
    ),
    "compensation-flow": refused(
        "Expected no sequence flow at '{subject}', since it is outside of the normal flow, but "
        "there is one.",
        "“{subject}”在正常流程之外，不应有连线，但有。",
        "Remove the flow; the event and what undoes it are joined by an association.",
        "请删除连线；补偿事件与补偿活动之间使用关联。",
        "BPMN 2.0.2, 10.7.1",
    ),
    "compensation-twice": refused(
        "Expected one way at most to undo '{host}', and none for what undoes something itself, "
        "but '{subject}' is one too many.",
        "“{host}”最多应有一种撤销方式，且撤销用的活动本身不应再被撤销，但“{subject}”是多余的。",
        "Keep one compensation event or one compensation event sub-process.",
        "请只保留一个补偿事件或一个补偿事件子流程。",
        "BPMN 2.0.2, 10.7.1",
    ),
    "compensation-target": refused(
        "Expected '{subject}' to name an activity of its own scope, but '{activity}' is none.",
        "“{subject}”应指定同一范围内的活动，但“{activity}”不是。",
        "Choose the activity again, or throw the event where the activity is.",
        "请重新选择活动，或在该活动所在的范围内抛出事件。",
        "BPMN 2.0.2, 10.7.2",
    ),
    "compensation-no-wait": refused(
        "Expected '{subject}' to wait until everything is undone, but it is told not to.",
        "“{subject}”应等待全部撤销完成，但被设为不等待。",
        "Set waitForCompletion to true; put the event on a parallel branch to go on meanwhile.",
        "请将 waitForCompletion 设为 true；如需同时继续，请将该事件放在并行分支上。",
        "BPMN 2.0.2, 10.5.5",
    ),
    "compensation-of-process": refused(
        "Expected '{subject}' to undo a sub-process, but nothing can undo a whole process.",
        "“{subject}”应用于撤销子流程，但整个流程无法被撤销。",
        "Put the compensation event sub-process into a sub-process.",
        "请将补偿事件子流程放入子流程中。",
        "BPMN 2.0.2, 10.7.1",
    ),
    "compensation-nothing": warning(
        "'{subject}' compensates, but nothing it can reach says how it is undone.",
        "“{subject}”触发补偿，但其可及范围内没有任何活动说明如何撤销。",
        "Give the activities to undo a compensation event with an activity for compensation.",
        "请为需要撤销的活动添加补偿事件及补偿活动。",
        "BPMN 2.0.2, 10.7.2",
    ),
    "cancel-outside": refused(
        "Expected the cancel event '{subject}' inside or at the boundary of a transaction, but "
        "it is not.",
        "取消事件“{subject}”应位于事务内部或其边界上，但不是。",
        "Make the sub-process a transaction, or use an error event.",
        "请将子流程改为事务，或改用错误事件。",
        "BPMN 2.0.2, 10.5.3 and 10.5.4",
    ),
    "cancel-uncaught": refused(
        "Expected a cancel event at the boundary of '{transaction}', which '{subject}' cancels, "
        "but there is none.",
        "“{subject}”会取消事务“{transaction}”，其边界上应有取消事件，但没有。",
        "Attach a cancel event to the transaction.",
        "请在事务边界上添加取消事件。",
        "BPMN 2.0.2, 10.3.5",
    ),
    "cancel-repeated": refused(
        "Expected '{transaction}', which '{subject}' cancels, not to repeat, but it does.",
        "“{subject}”所取消的事务“{transaction}”不应重复执行，但设置了重复。",
        "Put the transaction into a sub-process that repeats.",
        "请将事务放入一个重复执行的子流程中。",
    ),
    "transaction-method": refused(
        "Expected the transaction '{subject}' to be undone by compensation, but it asks for "
        "'{method}'.",
        "事务“{subject}”应通过补偿撤销，但指定了“{method}”。",
        "Remove the method; draw compensation events for what has to be undone.",
        "请删除该方法，并为需要撤销的活动绘制补偿事件。",
        "BPMN 2.0.2, 10.3.5",
    ),
}
