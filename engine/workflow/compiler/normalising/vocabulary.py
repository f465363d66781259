"""Every word of BPMN 2.0 and Camunda 7, and what becomes of it; what is in no table is unknown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ACTIVITY: Final = "isForCompensation startQuantity completionQuantity default"
_EXPRESSION: Final = "language evaluatesToTypeRef"

#: BPMN elements that are read (or refused by the step that reads them), with their attributes
#: besides ``id`` and ``name``. Source: BPMN 2.0.2, Semantic.xsd.
READ: Final[Mapping[str, frozenset[str]]] = {
    name: _words(attributes)
    for name, attributes in {
        "definitions": "targetNamespace expressionLanguage typeLanguage exporter exporterVersion",
        "process": "processType isClosed isExecutable definitionalCollaborationRef",
        "startEvent": "isInterrupting parallelMultiple",
        "endEvent": "",
        "intermediateCatchEvent": "parallelMultiple",
        "intermediateThrowEvent": "",
        "boundaryEvent": "attachedToRef cancelActivity parallelMultiple",
        "task": _ACTIVITY,
        "manualTask": _ACTIVITY,
        "userTask": f"{_ACTIVITY} implementation",
        "serviceTask": f"{_ACTIVITY} implementation operationRef",
        "sendTask": f"{_ACTIVITY} implementation operationRef messageRef",
        "receiveTask": f"{_ACTIVITY} implementation operationRef messageRef instantiate",
        "scriptTask": f"{_ACTIVITY} scriptFormat",
        "businessRuleTask": f"{_ACTIVITY} implementation",
        "subProcess": f"{_ACTIVITY} triggeredByEvent",
        "transaction": f"{_ACTIVITY} triggeredByEvent method",
        "adHocSubProcess": f"{_ACTIVITY} triggeredByEvent ordering cancelRemainingInstances",
        "callActivity": f"{_ACTIVITY} calledElement",
        "exclusiveGateway": "gatewayDirection default",
        "inclusiveGateway": "gatewayDirection default",
        "parallelGateway": "gatewayDirection",
        "complexGateway": "gatewayDirection default",
        "eventBasedGateway": "gatewayDirection instantiate eventGatewayType",
        "sequenceFlow": "sourceRef targetRef isImmediate",
        "conditionExpression": _EXPRESSION,
        "condition": _EXPRESSION,
        "loopCondition": _EXPRESSION,
        "loopCardinality": _EXPRESSION,
        "completionCondition": _EXPRESSION,
        "activationCondition": _EXPRESSION,
        "timeDate": _EXPRESSION,
        "timeDuration": _EXPRESSION,
        "timeCycle": _EXPRESSION,
        "script": "",
        "cancelEventDefinition": "",
        "compensateEventDefinition": "activityRef waitForCompletion",
        "conditionalEventDefinition": "",
        "errorEventDefinition": "errorRef",
        "escalationEventDefinition": "escalationRef",
        "linkEventDefinition": "",
        "messageEventDefinition": "messageRef",
        "signalEventDefinition": "signalRef",
        "terminateEventDefinition": "",
        "timerEventDefinition": "",
        "eventDefinitionRef": "",
        "standardLoopCharacteristics": "testBefore loopMaximum",
        "multiInstanceLoopCharacteristics": (
            "isSequential behavior oneBehaviorEventRef noneBehaviorEventRef"
        ),
        "loopDataInputRef": "",
        "inputDataItem": "itemSubjectRef isCollection",
        "message": "itemRef",
        "signal": "structureRef",
        "error": "structureRef errorCode",
        "escalation": "structureRef escalationCode",
        "extensionElements": "",
        "laneSet": "",
        "childLaneSet": "",
        "lane": "partitionElementRef",
        "flowNodeRef": "",
        "loopDataOutputRef": "",
        "outputDataItem": "itemSubjectRef isCollection",
        "choreographyTask": "initiatingParticipantRef loopType",
        "callChoreography": "initiatingParticipantRef loopType calledChoreographyRef",
        "subChoreography": "initiatingParticipantRef loopType",
        "implicitThrowEvent": "",
        "event": "",
        "flowNode": "",
    }.items()
}

#: What is only looked at by people, or describes what other elements name.
DRAWN: Final = _words(
    "documentation incoming outgoing text textAnnotation group association collaboration category "
    "categoryValueRef itemDefinition interface partnerEntity partnerRole resource endPoint import "
    "correlationProperty auditing monitoring partitionElement source target artifact "
    "globalConversation conversation"
)

#: Data as documentation: the variables of an order need no declaration.
DATA: Final = _words(
    "ioSpecification dataObject dataObjectReference dataStore dataStoreReference "
    "dataInputAssociation dataOutputAssociation dataInput dataOutput inputSet outputSet property"
)

#: What has a meaning for other engines, and none here.
IGNORED: Final = _words(
    "performer humanPerformer potentialOwner resourceRole rendering supports ioBinding "
    "correlationSubscription operationRef supportedInterfaceRef relationship choreography "
    "globalChoreographyTask globalTask globalUserTask globalManualTask globalScriptTask "
    "globalBusinessRuleTask extension"
)

#: What moves or changes data when it runs.
EXECUTABLE_DATA: Final = _words("assignment transformation")
#: What repetition says that is not read.
REPETITION: Final = _words("complexBehaviorDefinition")
#: What repetition refers to, by which data are no mere documentation.
LOOP_DATA: Final = ("loopDataInputRef", "loopDataOutputRef")
#: What may stand inside a process or sub-process; everything else there must be known.
SCOPES: Final = _words("process subProcess transaction adHocSubProcess")

_JOBS: Final = _words("serviceTask sendTask businessRuleTask")

#: Camunda attributes that are read, by the elements on which they are.
CAMUNDA_READ: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(
        _words("assignee candidateGroups candidateUsers dueDate followUpDate priority"),
        _words("userTask"),
    ),
    **dict.fromkeys(_words("formKey formRef"), _words("userTask startEvent")),
    **dict.fromkeys(_words("class delegateExpression expression"), _JOBS),
    **dict.fromkeys(_words("type topic"), _JOBS | {"messageEventDefinition"}),
    "resultVariable": _JOBS | {"scriptTask"},
    "resource": _words("scriptTask"),
    **dict.fromkeys(_words("decisionRef mapDecisionResult"), _words("businessRuleTask")),
    "calledElementBinding": _words("callActivity"),
    **dict.fromkeys(
        _words("collection elementVariable"), _words("multiInstanceLoopCharacteristics")
    ),
    **dict.fromkeys(
        _words("errorCodeVariable errorMessageVariable"), _words("errorEventDefinition")
    ),
}

#: Camunda attributes without effect here: transactions, queues, storage, tools, who may start.
CAMUNDA_IGNORED: Final = _words(
    "async asyncBefore asyncAfter exclusive jobPriority taskPriority historyTimeToLive versionTag "
    "isStartableInTasklist candidateStarterGroups candidateStarterUsers modelerTemplate "
    "modelerTemplateVersion modelerTemplateIcon diagramRelationId formRefBinding formRefVersion "
    "decisionRefBinding calledElementVersion calledElementVersionTag errorMessage category "
    "completeAsync asyncComplete asyncLeave inheritBusinessKey sameDeployment processInstanceName "
    "fallbackToDefaultTenant validateFormFields formFieldValidation extensionId "
    "noWaitStatesAsyncLeave isEagerExecutionFetching sequential templateId initiator topic type "
    "assignee candidateGroups candidateUsers dueDate followUpDate formKey formRef priority "
    "resultVariable decisionRef mapDecisionResult calledElementBinding autoStoreVariables "
    "taskIdVariableName calledElementType"
)

#: Camunda attributes that decide what runs and have no counterpart here.
CAMUNDA_REFUSED: Final = _words(
    "skipExpression variableMappingClass variableMappingDelegateExpression formHandlerClass "
    "caseRef caseBinding caseVersion caseTenantId calledElementTenantId decisionRefTenantId "
    "decisionRefVersion decisionRefVersionTag variableName variableEvents resource class "
    "delegateExpression expression businessCalendarName elementIndexVariable triggerable "
    "eventType useLocalScopeForResultVariable storeResultVariableAsTransient idVariableName "
    "processInstanceIdVariableName collection elementVariable escalationCodeVariable "
    "errorCodeVariable errorMessageVariable parallelInSameTransaction terminateAll "
    "terminateMultiInstance"
)

#: Values with which an attribute decides nothing, or is read after all.
HARMLESS: Final[Mapping[str, frozenset[str]]] = {
    "decisionRefBinding": _words("latest deployment"),
    "calledElementType": _words("key"),
    "triggerable": _words("false"),
    "storeResultVariableAsTransient": _words("false"),
    "useLocalScopeForResultVariable": _words("false"),
    "parallelInSameTransaction": _words("false"),
    "terminateAll": _words("false"),
    "terminateMultiInstance": _words("false"),
    "type": _words("external"),
}

#: Camunda elements that are read, and those without effect here.
CAMUNDA_ELEMENTS_READ: Final = _words("properties inputOutput in out")
#: What input and output parameters consist of.
PARAMETERS: Final = _words("inputParameter outputParameter list map entry value script")
CAMUNDA_ELEMENTS_IGNORED: Final = _words(
    "failedJobRetryTimeCycle potentialStarter field customResource formFieldValidation "
    "modelerTemplate"
)
CAMUNDA_ELEMENTS_REFUSED: Final = _words(
    "connector errorEventDefinition mapException eventListener eventInParameter eventOutParameter "
    "eventCorrelationParameter eventType channelKey collection variableAggregation "
    "conditionalFilter publishMessage adHoc"
)
LISTENERS: Final = _words(
    "executionListener taskListener executionListeners taskListeners eventListener "
    "onEntry-script onExit-script"
)
FORM_FIELDS: Final = _words("formData formProperty")

#: Namespaces of pictures, colours and editors.
PICTURES: Final = (
    "http://www.omg.org/spec/BPMN/20100524/DI",
    "http://www.omg.org/spec/DD/",
    "http://www.omg.org/spec/BPMN/non-normative/color/",
    "http://bpmn.io/schema/bpmn/biocolor/",
    "http://camunda.org/schema/modeler/",
    "http://www.w3.org/2001/XMLSchema-instance",
    "http://www.w3.org/XML/1998/namespace",
    "urn:gongdan:source",
)
