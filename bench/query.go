package main

// The documents, one for each server and case. The fields are the same; the peer's are renamed to ours, so that the
// answers can be compared by their ids. Everything that varies is a variable: both servers keep parsed documents.

const oursList = `query List($first: Int, $after: String, $filter: LeadFilter, $orderBy: LeadOrder) {
  leads(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    edges { cursor node { id name title firstName lastName email phone companyName status source createdAt } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`

const peerList = `query List($first: Int, $after: Cursor, $condition: LeadCondition, $orderBy: [LeadOrderBy!] = [CREATED_AT_DESC, ROW_ID_DESC]) {
  leads: allLeads(first: $first, after: $after, condition: $condition, orderBy: $orderBy) {
    edges { cursor node { id: rowId name: nameKey title firstName lastName email phone companyName status source createdAt } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`

const oursNested = `query Nested($after: String) {
  accounts(first: 25, after: $after) {
    edges { cursor node {
      id name industry city createdAt
      contacts(first: 5) { nodes { id firstName lastName email } }
      opportunities(first: 5) { nodes { id name stage amount { amount currency } closedOn } }
      tags { id name color }
      assignedTo { id user { id name } }
    } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`

// The peer gets its contacts by the column account_id, which names the same ones as the join table that we go through:
// the way through the table costs it more.
const peerNested = `query Nested($after: Cursor) {
  accounts: allAccounts(first: 25, after: $after, orderBy: [CREATED_AT_DESC, ROW_ID_DESC]) {
    edges { cursor node {
      id: rowId name industry city createdAt
      contacts: contactsByOrgIdAndAccountId(first: 5, orderBy: [CREATED_AT_DESC, ROW_ID_DESC]) {
        nodes { id: rowId firstName lastName email }
      }
      opportunities: opportunitiesByOrgIdAndAccountId(first: 5, orderBy: [CREATED_AT_DESC, ROW_ID_DESC]) {
        nodes { id: rowId name stage amount currency closedOn }
      }
      tags: accountsTagsByOrgIdAndAccountId { nodes { tag: tagByOrgIdAndTagId { id: rowId name color } } }
      assignedTo: accountsAssignedTosByOrgIdAndAccountId {
        nodes { profile: profileByOrgIdAndProfileId { id: rowId user: userByUserId { id: rowId name } } }
      }
    } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`

const oursOne = `query One($id: ID!) {
  lead(id: $id) {
    id name title firstName lastName email phone companyName status source createdAt
    tags { id name color }
    assignedTo { id user { id name } }
    createdBy { id name }
  }
}`

const peerOne = `query One($org: UUID!, $id: UUID!) {
  lead: leadByOrgIdAndRowId(orgId: $org, rowId: $id) {
    id: rowId name: nameKey title firstName lastName email phone companyName status source createdAt
    tags: leadTagsByOrgIdAndLeadId { nodes { tag: tagByOrgIdAndTagId { id: rowId name color } } }
    assignedTo: leadAssignedTosByOrgIdAndLeadId {
      nodes { profile: profileByOrgIdAndProfileId { id: rowId user: userByUserId { id: rowId name } } }
    }
    createdBy: userByCreatedById { id: rowId name }
  }
}`

const oursCreate = `mutation Create($input: CreateLeadInput!) {
  createLead(input: $input) { lead { id name title firstName lastName email companyName status source createdAt } }
}`

const peerCreate = `mutation Create($lead: LeadInput!) {
  createLead(input: {lead: $lead}) { lead { id: rowId name: nameKey title firstName lastName email companyName status source createdAt } }
}`

const oursSearch = `query Search($search: String!) {
  search(query: $search, types: [LEAD], first: 20) {
    title subtitle isExact
    node { id ... on Lead { name title firstName lastName email phone companyName status source createdAt } }
  }
}`

const oursCount = `query Count($filter: LeadFilter) {
  leads(filter: $filter) { totalCount }
  contacts { totalCount }
  opportunities { totalCount amounts { currency total { amount } } }
}`

const peerCount = `query Count($condition: LeadCondition) {
  leads: allLeads(condition: $condition) { totalCount }
  contacts: allContacts { totalCount }
  opportunities: allOpportunities { totalCount amounts: groupedAggregates(groupBy: [CURRENCY]) { currency: keys total: sum { amount } } }
}`
